// Send one call of each kind and a burst through an SDK for Node; print the errors it reports.

import { createRequire } from "node:module";

const { SDK_HOST: host, SDK_KEY: key, SDK_USER: userId, SDK_MODULES: modules } = process.env;
const odd = JSON.parse(process.env.SDK_ODD);
const count = Number(process.env.SDK_COUNT);
const name = process.argv[2];
const required = createRequire(modules + "/")(modules + "/" + name);
const errors = [];

function open() {
  if (name === "@segment/analytics-node") {
    const client = new required.Analytics({ writeKey: key, host });
    client.on("error", (error) => errors.push(String(error.reason ?? error)));
    return client;
  }
  const Client = required.default ?? required;
  const onError = (error) => errors.push(String(error));
  if (name === "analytics-node") return new Client(key, { host, errorHandler: onError });
  return new Client(key, { dataPlaneUrl: host, errorHandler: onError });
}

const client = open();
let waiting = 0;

function call(kind, message) {
  waiting += 1;
  client[kind]({ userId, ...message }, () => (waiting -= 1));
}

call("identify", { traits: odd });
call("track", { event: "Odd", properties: odd, timestamp: new Date("2026-01-31T12:34:56.789Z") });
call("page", { name: "Home", category: "Docs", properties: odd });
call("screen", { name: "Home", category: "Docs", properties: odd });
call("group", { groupId: "acme", traits: odd });
call("alias", { previousId: "before" });
for (let number = 0; number < count; number++) {
  call("track", { event: "Burst", properties: { number } });
}
if (client.closeAndFlush) {
  await client.closeAndFlush();
} else {
  // A flush of theirs takes what fits one request.
  while (waiting > 0) {
    client.flush();
    await new Promise((done) => setTimeout(done, 20));
  }
}
console.log(JSON.stringify(errors));
process.exit(0);
