/*! Switchyard analytics.js, Apache-2.0 */
//
// The browser SDK that pages load from /analytics.js/v1/<write key>/analytics.min.js. Pages written
// for Segment's analytics.js run unchanged: same snippet, calls, cookies and storage keys, same
// events on the wire. docs/analytics-js.md says what it does and where it differs.
//
// Rules of this file: nothing throws into the page, everything works with storage blocked, events
// leave in the order of their calls. It is served as it stands, less comments and indentation, one
// line at a time (sources/cdn.py): no text may run over a line's end.

(function () {
  "use strict";

  const VERSION = "switchyard-1.0.0";
  const EMBEDDED_KEY = "__WRITE_KEY__"; // filled in by the server
  const TYPES = ["track", "identify", "page", "screen", "group", "alias"];
  const API = "Segment.io"; // what settings, options and events call the collector
  const DAY_MS = 864e5;

  const isString = (value) => typeof value === "string";
  const isFunction = (value) => typeof value === "function";
  const isObject = (value) => Object.prototype.toString.call(value) === "[object Object]";
  const isThenable = (value) => Boolean(value) && isFunction(value.then);
  const isId = (value) => (isString(value) && value !== "") || typeof value === "number";
  const asObject = (value) => (isObject(value) ? value : {});
  const byteLength = (text) => new TextEncoder().encode(text).length;
  const complain = (...parts) => window.console && console.error("[analytics.js]", ...parts);

  function attempt(work, otherwise) {
    try {
      return work();
    } catch (error) {
      return isFunction(otherwise) ? otherwise(error) : otherwise;
    }
  }

  function uuid() {
    const { crypto } = window;
    if (crypto && crypto.randomUUID) return crypto.randomUUID();
    const bytes = new Uint8Array(16).map(() => Math.random() * 256);
    if (crypto && crypto.getRandomValues) crypto.getRandomValues(bytes); // pages without https
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  // Sets a value deep inside an object by a dotted path.
  function setPath(object, path, value) {
    const keys = path.split(".");
    if (keys.some((key) => /^(__proto__|constructor|prototype)$/.test(key))) return;
    const last = keys.pop();
    for (const key of keys) object = object[key] = isObject(object[key]) ? object[key] : {};
    object[last] = value;
  }

  // A copy that JSON can carry, whatever the page does with its own later: cycles are cut.
  function plain(value) {
    const above = [];
    const text = JSON.stringify(value, function (key, part) {
      while (above.length && above[above.length - 1] !== this) above.pop();
      if (typeof part === "bigint") return String(part);
      if (part && typeof part === "object") {
        if (above.includes(part)) return undefined;
        above.push(part);
      }
      return part;
    });
    return JSON.parse(text);
  }

  // Like fetch, but gives up.
  function fetchWithin(milliseconds, url, request) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), milliseconds);
    const ended = () => clearTimeout(timer);
    const answer = new Promise((resolve) =>
      resolve(window.fetch(url, { credentials: "omit", signal: stop.signal, ...request })),
    );
    answer.then(ended, ended);
    return answer;
  }

  class Emitter {
    constructor() {
      this.listeners_ = {};
    }

    on(name, listener) {
      (this.listeners_[name] = this.listeners_[name] || []).push(listener);
      return this;
    }

    once(name, listener) {
      const first = (...args) => {
        this.off(name, first);
        listener.apply(this, args);
      };
      first.wraps = listener;
      return this.on(name, first);
    }

    off(name, listener) {
      const others = (known) => listener && known !== listener && known.wraps !== listener;
      this.listeners_[name] = (this.listeners_[name] || []).filter(others);
      return this;
    }

    emit(name, ...args) {
      for (const listener of (this.listeners_[name] || []).slice()) {
        attempt(() => listener.apply(this, args), complain);
      }
      return this;
    }
  }

  // Stores: `get` gives null for nothing, `set` whether the value was kept. Ids are texts; traits
  // are objects and go to localStorage alone.

  const local = {
    get(key) {
      const text = attempt(() => window.localStorage.getItem(key), null);
      return text === null ? null : attempt(() => JSON.parse(text), text);
    },
    set: (key, value) =>
      attempt(() => {
        window.localStorage.setItem(key, JSON.stringify(value));
        return true;
      }, false),
    remove: (key) => attempt(() => window.localStorage.removeItem(key)),
  };

  function cookies(options) {
    let domain = options.domain;
    const write = (key, value, seconds, at) => {
      let text = key + "=" + encodeURIComponent(value) + "; path=" + (options.path || "/");
      text += "; max-age=" + seconds + "; samesite=" + (options.sameSite || "Lax");
      if (at) text += "; domain=" + at;
      if (options.secure) text += "; secure";
      document.cookie = text;
    };
    const read = (key) => {
      const found = ("; " + document.cookie).split("; " + key + "=")[1];
      if (found === undefined) return null;
      const text = found.split(";")[0];
      const value = attempt(() => decodeURIComponent(text), text);
      return value[0] === '"' ? attempt(() => JSON.parse(value), value) : value;
    };
    // The highest level of the host name that takes a cookie, so that sub-domains share visitors.
    const topDomain = () => {
      const labels = location.hostname.split(".");
      if (/^[\d.]+$|:/.test(location.hostname)) return "";
      for (let level = labels.length - 2; level >= 0; level--) {
        const candidate = labels.slice(level).join(".");
        write("__tld__", "1", 60, candidate);
        const sticks = read("__tld__");
        write("__tld__", "", 0, candidate);
        if (sticks) return candidate;
      }
      return "";
    };
    return {
      get: (key) => attempt(() => read(key), null),
      set: (key, value) =>
        attempt(() => {
          if (domain === undefined) domain = topDomain();
          write(key, value, ((options.maxage || 365) * DAY_MS) / 1000, domain);
          return read(key) === value;
        }, false),
      remove: (key) =>
        attempt(() => {
          if (domain === undefined) domain = topDomain();
          write(key, "", 0, domain);
          write(key, "", 0); // one that other code has set on this host alone
        }),
    };
  }

  // Several stores as one: the first that has a value wins, all are written, and what none of them
  // keeps stays in memory. A closed one (no consent yet) touches memory alone.
  class Storage {
    constructor(names, cookieOptions) {
      const known = { cookie: cookies(asObject(cookieOptions)), localStorage: local };
      this.stores = names.map((name) => known[name]).filter(Boolean);
      this.memory = {};
      this.renewed = {};
      this.open = true;
    }

    storesFor(traits) {
      if (!this.open) return [];
      return traits ? this.stores.filter((store) => store === local) : this.stores;
    }

    get(key, traits) {
      const held = key in this.memory ? this.memory[key] : null;
      const values = this.storesFor(traits).map((store) => store.get(key));
      const value = values.concat(held).find((found) => found !== null);
      if (value === undefined) return null;
      // Once a page: heals what one store has lost, and moves the end of the cookie.
      if (this.open && !this.renewed[key]) this.set(key, value, traits);
      return value;
    }

    set(key, value, traits) {
      if (this.open) this.renewed[key] = true;
      const kept = this.storesFor(traits).filter((store) => store.set(key, value));
      if (kept.length) delete this.memory[key];
      else this.memory[key] = value;
    }

    remove(key, traits) {
      delete this.memory[key];
      this.storesFor(traits).forEach((store) => store.remove(key));
    }
  }

  // A visitor or a group: an id and its traits.
  class Identity {
    constructor(storage, names, options) {
      this.storage = storage;
      this.idKey = asObject(options.cookie).key || names.id;
      this.traitsKey = asObject(options.localStorage).key || names.traits;
    }

    id(value) {
      if (value === undefined) return this.text(this.idKey);
      const before = this.text(this.idKey);
      if (value === null) this.storage.remove(this.idKey);
      else this.storage.set(this.idKey, String(value));
      if (value !== null && before !== null && before !== String(value)) this.replaced();
      return value === null ? null : String(value);
    }

    replaced() {}

    text(key) {
      const value = this.storage.get(key);
      return value === null || value === "" || typeof value === "object" ? null : String(value);
    }

    traits(value) {
      if (value === undefined) return asObject(this.storage.get(this.traitsKey, true));
      const traits = asObject(value);
      if (Object.keys(traits).length) this.storage.set(this.traitsKey, traits, true);
      else this.storage.remove(this.traitsKey, true);
      return traits;
    }

    properties(value) {
      return this.traits(value);
    }

    // Traits add up for the same id, and start anew for another one.
    identify(id, traits) {
      const before = this.id();
      const same = before === null || id == null || before === String(id);
      const merged = Object.assign({}, same ? this.traits() : {}, plain(asObject(traits)));
      if (id != null) this.id(id);
      this.traits(merged);
    }

    reset() {
      this.id(null);
      this.traits(null);
    }

  }

  class User extends Identity {
    anonymousId(value) {
      if (value === null) {
        this.storage.remove("ajs_anonymous_id");
        return null;
      }
      let id = value === undefined ? this.text("ajs_anonymous_id") : String(value);
      if (id !== null && value === undefined) return id;
      if (id === null) id = uuid();
      this.storage.set("ajs_anonymous_id", id);
      return id;
    }

    replaced() {
      this.anonymousId(null); // another person on this browser
    }

    reset() {
      super.reset();
      this.anonymousId(null);
    }
  }

  // The page at this moment, in the form in which snippets queue it with a call.
  function pageNow() {
    const link = attempt(() => document.querySelector("link[rel='canonical']"), null);
    return {
      __t: "bpc",
      c: (link && link.getAttribute("href")) || undefined,
      p: location.pathname,
      u: location.href,
      s: location.search,
      t: document.title,
      r: document.referrer,
    };
  }

  function pageContext({ c: canonical, p: pathname, u: href, s: search, t: title, r: referrer }) {
    let path = pathname;
    let url = href.split("#")[0];
    if (canonical) {
      path = attempt(() => new URL(canonical).pathname, "/" + canonical.replace(/^\//, ""));
      url = canonical.includes("?") ? canonical : canonical + search;
    }
    return { path, referrer, search, title, url };
  }

  function withPrefix(params, prefix) {
    const found = {};
    params.forEach((value, key) => {
      if (key.startsWith(prefix) && key !== prefix) found[key.slice(prefix.length)] = value;
    });
    return found;
  }

  function campaign(params) {
    const { campaign: name, ...others } = withPrefix(params, "utm_");
    return name === undefined ? others : { name, ...others };
  }

  // What each call means by its arguments. Gives the event's own fields, its options, and what the
  // listeners of that call are told.

  function afterId(args) {
    const rest = args.filter((part) => !isFunction(part));
    const id = isId(rest[0]) ? String(rest[0]) : null;
    if (id !== null || (rest.length && !isObject(rest[0]))) rest.shift();
    return [id, asObject(rest[0]), asObject(rest[1])];
  }

  const READ = {
    track([event, properties, options]) {
      if (isObject(event)) [event, properties, options] = [event.event, event.properties, properties];
      if (!isString(event) || !event) throw new Error("Event missing: track() needs a name.");
      properties = asObject(properties);
      options = asObject(options);
      return { fields: { event, properties }, options, told: [event, properties, options] };
    },

    page(args) {
      const names = args.slice(0, 2).filter(isString);
      const [name, category] = names.reverse();
      const objects = args.filter(isObject);
      const late = objects.length === 1 && isObject(args[3]);
      const [properties, options] = late ? [{}, objects[0]] : objects.map(asObject);
      const fields = { properties: Object.assign({}, properties) };
      if (name) fields.name = name;
      if (category) fields.category = category;
      const told = [category, name, fields.properties, asObject(options)];
      return { fields, options: asObject(options), told };
    },

    screen: (args) => READ.page(args),

    identify(args, { user }) {
      const [id, traits, options] = afterId(args);
      user.identify(id, traits);
      return { fields: { traits: user.traits() }, options, told: [user.id(), traits, options] };
    },

    group(args, { group }) {
      const [id, traits, options] = afterId(args);
      group.identify(id, traits);
      const fields = { groupId: group.id(), traits: group.traits() };
      return { fields, options, told: [fields.groupId, traits, options] };
    },

    alias(args, { user }) {
      const [to, from] = args.slice(0, 2).map((part) => (isId(part) ? String(part) : null));
      if (to === null) throw new Error("alias() needs the new user id.");
      const options = asObject(args.find(isObject));
      const fields = { userId: to, previousId: from || user.id() || user.anonymousId() };
      return { fields, options, told: [to, from, options] };
    },
  };

  // What plugins and middleware are handed: one event on its way.
  class Context {
    constructor(event) {
      this.id = uuid();
      this.event = event;
      this.attempts = 0;
      this.cancelled = false;
      this.entries = [];
    }

    updateEvent(path, value) {
      setPath(this.event, path, value);
      return this.event;
    }

    cancel(reason) {
      this.cancelled = true;
      throw reason instanceof Error ? reason : new Error("The event was cancelled.");
    }

    log(level, message, extras) {
      this.entries.push({ level, message, extras, time: new Date() });
    }

    logs() {
      return this.entries;
    }

    toJSON() {
      return { id: this.id, event: this.event, attempts: this.attempts };
    }
  }

  // An event as middleware knows it: `obj`, and a function for each field.
  function facade(event) {
    const payload = { obj: event, json: () => plain(event), field: (name) => event[name] };
    const fields = "type event name category userId anonymousId groupId previousId messageId";
    for (const field of (fields + " properties traits context timestamp").split(" ")) {
      payload[field] = () => event[field];
    }
    payload.action = payload.type;
    return payload;
  }

  const MOST_ITEMS = 1000; // waiting; beyond, the oldest goes
  const MOST_IN_BATCH = 500;
  const BATCH_BYTES = 450000; // the collector takes 500 KB
  const PAGE_END_BYTES = 60000; // browsers let 64 KB outlive a page, headers included
  const ANSWER_WITHIN_MS = 30000;
  const SETTINGS_WITHIN_MS = 5000;
  const LEASE_MS = 20000; // other tabs leave what a living tab holds alone for so long
  const SAVE_AFTER_MS = 100; // what is delivered within that time is never written

  const GIVES_UP = [501, 505, 511];
  const TRIES_AGAIN = [408, 410, 429, 460];
  const NO_FAULT_OF_THE_EVENT = [0, 429, 502, 503, 504]; // 0: there was no answer

  // Events on their way to the collector: in order, one request at a time, written to localStorage
  // until they are answered. What waits meanwhile goes in one batch.
  class Queue extends Emitter {
    constructor(writeKey, persistent) {
      super();
      this.writeKey = writeKey;
      this.key = persistent && "persisted-queue:v1:" + writeKey + ":dest-Segment.io:items";
      this.owner = uuid();
      this.items = [];
      this.flying = []; // the first of `items`, while their answer is awaited
      this.settles = {};
      this.openAt = 0;
      this.unanswered = false; // the last attempt ended without an answer
      this.most = MOST_IN_BATCH;
      this.aloft = 0; // bytes of requests that outlive the page
      this.config = null; // nothing is sent before it is known where to
    }

    add(event, settle) {
      const text = attempt(() => JSON.stringify(event));
      if (!text) return this.lose([{ id: event.messageId, event }], "The event is no JSON.");
      const id = event.messageId;
      this.items.push({ id, event, attempts: 0, at: Date.now(), bytes: byteLength(text) + 1 });
      this.settles[id] = settle;
      if (this.items.length > MOST_ITEMS) {
        const oldest = this.items[this.flying.length];
        this.drop([oldest]);
        this.lose([oldest], "Too many events are waiting.");
      }
      this.saveSoon();
      this.plan();
      return undefined;
    }

    configure(config) {
      this.config = config;
      this.plan();
    }

    flush() {
      this.rushed = this.items.length > 0;
      this.plan();
    }

    canSend() {
      const idle = this.config && !this.left && !this.flying.length && this.items.length;
      return idle && navigator.onLine !== false;
    }

    waitMs() {
      const { batch } = this.config;
      const closed = this.openAt - Date.now();
      if (!batch || this.rushed || this.items.length >= batch.size) return closed;
      if (this.items.reduce((sum, item) => sum + item.bytes, 0) >= BATCH_BYTES) return closed;
      return Math.max(closed, this.items[0].at + batch.timeout - Date.now());
    }

    plan() {
      clearTimeout(this.timer);
      if (!this.canSend()) return;
      const wait = this.waitMs();
      if (wait > 0) {
        this.timer = setTimeout(() => this.plan(), Math.min(wait, DAY_MS));
      } else if (!this.soon) {
        this.soon = true; // the calls of one task go together
        Promise.resolve().then(() => {
          this.soon = false;
          if (this.canSend() && this.waitMs() <= 0) this.send();
        });
      }
    }

    // As many items, from the first, as fit: one at least unless it has to fit.
    fitting(items, count, bytes, strictly) {
      let end = 0;
      for (let sum = 300; end < Math.min(count, items.length); end++) {
        sum += items[end].bytes;
        if (sum > bytes && (end || strictly)) break;
      }
      return items.slice(0, end);
    }

    send() {
      const items = this.fitting(this.items, this.most, BATCH_BYTES);
      this.rushed = false;
      this.flying = items;
      this.post(items).then(({ status, retryAfter }) => this.answered(items, status, retryAfter));
    }

    // Never fails: gives the status, 0 where there was none, and the seconds of Retry-After.
    post(items, leaving) {
      const { url, batch, headers, credentials, priority } = this.config;
      const sentAt = new Date().toISOString();
      const { writeKey } = this.config;
      const single = items.length === 1 && !batch;
      const path = single ? items[0].event.type[0] : "b";
      const events = items.map((item) => item.event);
      const body = JSON.stringify(
        single ? { ...events[0], writeKey, sentAt } : { writeKey, batch: events, sentAt },
      );
      // No Authorization: the key is in the body, and without it there is no preflight.
      const extra = attempt(() => ({ ...(isFunction(headers) ? headers() : headers) }), {});
      if (items[0].attempts && !leaving) extra["X-Retry-Count"] = String(items[0].attempts);
      const bytes = byteLength(body);
      // Not every browser lets a request outlive its page that needs a preflight.
      const outlives = this.config.keepalive !== false && !Object.keys(extra).length;
      const keepalive = leaving || (outlives && this.aloft + bytes <= PAGE_END_BYTES);
      if (leaving && !("keepalive" in Request.prototype)) {
        attempt(() => navigator.sendBeacon(url + "/" + path, body));
        return Promise.resolve({ status: 0 });
      }
      const request = { method: "POST", body, keepalive: Boolean(keepalive) };
      request.headers = { "Content-Type": "text/plain", ...extra };
      if (credentials) request.credentials = credentials;
      if (priority) request.priority = priority;
      items.forEach((item) => (item.outlives = keepalive));
      if (keepalive) this.aloft += bytes;
      const read = (response) => {
        const seconds = parseInt(response.headers.get("Retry-After"), 10);
        return { status: response.status, retryAfter: seconds };
      };
      return fetchWithin(ANSWER_WITHIN_MS, url + "/" + path, request)
        .then(read)
        .catch(() => ({ status: 0 }))
        .then((answer) => {
          if (keepalive) this.aloft -= bytes;
          return answer;
        });
    }

    answered(items, status, retryAfter) {
      const { limits } = this.config;
      this.flying = [];
      if (this.left && !status) return; // the page has ended, and not the attempt
      this.unanswered = status === 0;
      const fate = this.fate(status);
      if (fate === "done") {
        this.openAt = 0;
        this.most = Math.min(this.most * 2, MOST_IN_BATCH);
        this.drop(items);
        items.forEach((item) => this.settle(item));
        this.emit("delivery_success", items.map((item) => item.event));
      } else if (fate === "retry") {
        this.openAt = Date.now() + this.pauseMs(items[0].attempts, retryAfter);
        const faulty = !NO_FAULT_OF_THE_EVENT.includes(status);
        const alone = items.length === 1; // else it may be a neighbour's fault
        for (const item of items) {
          item.attempts += 1;
          item.since = item.since || Date.now();
          item.retryAt = status ? this.openAt : 0; // a new page may try again where nobody answered
          this.settle(item);
        }
        const spent = (item) =>
          (faulty && alone && item.attempts > limits.retries) || Date.now() - item.since > limits.durationMs;
        const lost = items.filter(spent);
        this.drop(lost);
        this.lose(lost, "Given up after status " + status + ".");
        // One event that the collector stumbles over must not take its neighbours with it.
        if (faulty) this.most = Math.ceil(items.length / 2);
        this.emit("delivery_retry", items.map((item) => item.event));
      } else if (items.length > 1 && (status === 400 || status === 413)) {
        this.most = Math.ceil(items.length / 2);
      } else {
        this.drop(items);
        this.lose(items, "The collector answered " + status + ".");
      }
      this.saveSoon();
      this.plan();
    }

    fate(status) {
      const told = this.config.limits.overrides[status];
      if (told) return told;
      if (status >= 200 && status < 400) return "done";
      if (status === 0 || TRIES_AGAIN.includes(status)) return "retry";
      return status >= 500 && !GIVES_UP.includes(status) ? "retry" : "drop";
    }

    pauseMs(attempts, retryAfter) {
      const { baseMs, capMs, retryAfterCapMs } = this.config.limits;
      if (retryAfter >= 0) return Math.min(Math.max(retryAfter, 1) * 1000, retryAfterCapMs);
      const jitter = 0.9 + Math.random() * 0.2;
      return Math.min(baseMs * 2 ** Math.min(attempts, 30), capMs) * jitter;
    }

    settle({ id }) {
      const settle = this.settles[id];
      delete this.settles[id];
      if (settle) settle();
    }

    drop(items) {
      this.items = this.items.filter((item) => !items.includes(item));
    }

    lose(items, reason) {
      for (const item of items) {
        this.settle(item);
        this.emit("delivery_failure", item.event, reason);
      }
    }

    stored() {
      const list = this.key ? local.get(this.key) : [];
      return (Array.isArray(list) ? list : []).filter(
        (item) => isObject(item) && isObject(item.event) && TYPES.includes(item.event.type),
      );
    }

    saveSoon() {
      if (!this.saving) this.saving = setTimeout(() => this.save(), SAVE_AFTER_MS);
    }

    // Writes what waits here beside what other tabs have written: for any page to take where this
    // one has ended, else with a lease, which a living page renews.
    save() {
      clearTimeout(this.saving);
      clearTimeout(this.renewal);
      this.saving = null;
      if (!this.key) return;
      const others = this.stored().filter((item) => item.owner !== this.owner);
      const lease = this.left ? 0 : Date.now() + LEASE_MS;
      const mine = this.items.map((item) => ({ ...item, owner: this.owner, lease }));
      const list = others.concat(mine);
      if (!list.length) {
        local.remove(this.key);
        return;
      }
      // Where the browser's quota is used up, the oldest half is better than nothing.
      for (let end = list.length; end && !local.set(this.key, list.slice(0, end)); ) end >>= 1;
      if (mine.length) this.renewal = setTimeout(() => this.save(), LEASE_MS / 2);
    }

    // Takes over what earlier pages have left, ahead of what is new.
    adopt() {
      clearTimeout(this.adoption);
      const now = Date.now();
      const list = this.stored();
      const known = new Set(this.items.map((item) => item.id));
      const free = list.filter(({ lease = 0, owner }) => lease <= now || owner === this.owner);
      const found = [];
      for (const { id, event, attempts, at, since, retryAt } of free) {
        const item = { id: event.messageId || id, event, attempts: attempts || 0, since };
        if (!item.id || known.has(item.id)) continue;
        known.add(item.id);
        item.at = at || now;
        item.bytes = byteLength(JSON.stringify(event)) + 1;
        if (retryAt > this.openAt && retryAt < now + DAY_MS) this.openAt = retryAt;
        found.push(item);
      }
      if (found.length) {
        this.items.splice(this.flying.length, 0, ...found);
        const taken = new Set(found.map((item) => item.id));
        local.set(this.key, list.filter((item) => !taken.has(item.event.messageId || item.id)));
        this.save();
        this.plan();
      }
      const held = list.filter((item) => !free.includes(item)).map((item) => item.lease);
      if (held.length) this.adoption = setTimeout(() => this.adopt(), Math.min(...held) - now + 50);
    }

    // The page ends: what fits the browser's budget goes out without waiting for an answer, and
    // everything stays written, as none of it has been answered. The server drops second copies.
    leave() {
      const free = this.openAt <= Date.now() && navigator.onLine !== false;
      let rest = this.items.filter((item) => !(this.flying.includes(item) && item.outlives));
      while (this.config && free && rest.length) {
        const items = this.fitting(rest, MOST_IN_BATCH, PAGE_END_BYTES - this.aloft, true);
        if (!items.length) break;
        this.post(items, true);
        rest = rest.slice(items.length);
        items.forEach((item) => (item.attempts += 1));
      }
      this.flying.forEach((item) => (item.attempts = item.attempts || 1));
      this.left = true; // the page becomes hidden after this, which must not take them back
      this.save();
    }

    // Back on line, or back from the browser's cache of pages.
    resume() {
      this.left = false;
      if (this.unanswered) this.openAt = 0;
      this.save();
      this.plan();
    }

    clear() {
      this.items.forEach((item) => this.settle(item));
      this.items = [];
      this.save();
      if (this.key) local.remove(this.key);
    }
  }

  const HINTS_LOW = ["brands", "mobile", "platform"];
  const PLUGIN_WITHIN_MS = 10000;

  class Analytics extends Emitter {
    constructor(name, writeKey, base, options) {
      super();
      this.name_ = name;
      this.base = base;
      this.options = asObject(options);
      this.settings = { writeKey };
      this.initialized = false;
      this.VERSION = VERSION;
      this.plugins = [];
      this.failedInitializations = [];
      this.destinationMiddleware = [];
      this.inbox = [];
      this.gates = 0; // plugins that events have to wait for
      this.callbackMs = 300;
      this.held = []; // calls, until consent is given
      this.consented = this.mayStart();
      this.preferences = null;
      const persistent = this.options.disableClientPersistence !== true;
      this.user_ = new User(this.storageFor("user", persistent), USER_KEYS, this.optionsOf("user"));
      const groupStorage = this.storageFor("group", persistent);
      this.group_ = new Identity(groupStorage, GROUP_KEYS, this.optionsOf("group"));
      this.queue = new Queue(writeKey, persistent);
      this.queue.on("delivery_failure", (event, reason) => {
        const ctx = new Context(event);
        this.emit("error", { code: "delivery_failure", reason: new Error(reason), ctx });
        if (this.debugging) complain(reason, event);
      });
      this.settingsKnown = new Promise((resolve) => (this.settingsArrived = resolve));
    }

    // true: go ahead; null: not before consent(); false: never.
    mayStart() {
      const { disable, consent } = this.options;
      if (disable === true) return false;
      return isFunction(disable) || asObject(consent).required === true ? null : true;
    }

    optionsOf(kind) {
      return asObject(this.options[kind]);
    }

    storageFor(kind, persistent) {
      const own = this.optionsOf(kind);
      const given = asObject(own.storage).stores || asObject(this.options.storage).stores;
      const names = Array.isArray(given) ? given : ["localStorage", "cookie"];
      const storage = new Storage(persistent && own.persist !== false ? names : [], {
        ...asObject(this.options.cookie),
        ...asObject(own.cookie),
      });
      storage.open = this.consented === true;
      return storage;
    }

    start(calls) {
      this.initialized = true;
      if (this.consented === true) this.open();
      const first = calls.filter(([method]) => FIRST.includes(method));
      const then = calls.filter(([method]) => !FIRST.includes(method));
      first.forEach((call) => this.push(call));
      attempt(() => this.readQueryString(), complain);
      if (this.options.initialPageview) this.page();
      then.forEach((call) => this.push(call));
      if (this.options.disable === true) return;
      this.watchPage();
      this.readClientHints();
      this.fetchSettings().then((settings) => this.configure(settings));
    }

    // From here on the browser's storage is read and written.
    open() {
      this.consented = true;
      this.user_.storage.open = this.group_.storage.open = true;
      this.queue.adopt();
    }

    fetchSettings() {
      const { cdnSettings } = this.options;
      if (isObject(cdnSettings)) return Promise.resolve(cdnSettings);
      const key = encodeURIComponent(this.settings.writeKey);
      const url = this.base + "/v1/projects/" + key + "/settings";
      return fetchWithin(SETTINGS_WITHIN_MS, url)
        .then((response) => (response.ok ? response.json() : {}))
        .catch(() => ({})); // events still know their way: the host that served this script
    }

    configure(found) {
      const { updateCDNSettings, disable, integrations } = this.options;
      const update = isFunction(updateCDNSettings) ? updateCDNSettings : (same) => same;
      const settings = asObject(attempt(() => update(asObject(found)), found));
      this.cdnSettings = settings;
      const remote = asObject(asObject(settings.integrations)[API]);
      const here = asObject(asObject(integrations)[API]);
      this.queue.configure(this.sending(remote, here));
      if (isFunction(disable) && this.consented === null) {
        if (attempt(() => disable(settings), false)) this.consented = false;
        else if (asObject(this.options.consent).required !== true) this.consent(true);
      }
      this.emit("initialize", settings, this.options);
      this.settingsArrived(settings);
    }

    // How events are sent, from the settings and, before them, from the options of the page.
    sending(remote, here) {
      const { apiHost, protocol, apiKey, deliveryStrategy } = { ...remote, ...here };
      const { strategy, config } = asObject(deliveryStrategy);
      const sent = asObject(config);
      const http = { ...asObject(here.httpConfig), ...asObject(remote.httpConfig) };
      const backoff = asObject(http.backoffConfig);
      const rate = asObject(http.rateLimitConfig);
      const once = this.options.retryQueue === false;
      const number = (value, otherwise) => (value >= 0 ? Number(value) : otherwise);
      const batching = strategy === "batching";
      return {
        url: apiHost ? (protocol || "https") + "://" + apiHost : this.base + "/v1",
        writeKey: apiKey || this.settings.writeKey,
        batch: batching && { size: number(sent.size, 10), timeout: number(sent.timeout, 5000) },
        headers: sent.headers,
        credentials: sent.credentials,
        keepalive: sent.keepalive,
        priority: sent.priority,
        limits: {
          retries: number(backoff.maxRetryCount, number(sent.maxRetries, 10)),
          baseMs: number(backoff.baseBackoffInterval, 0.5) * 1000,
          capMs: number(backoff.maxBackoffInterval, 60) * 1000,
          durationMs: once ? -1 : number(backoff.maxTotalBackoffDuration, 43200) * 1000,
          retryAfterCapMs: number(rate.maxRetryInterval, 300) * 1000,
          overrides: asObject(backoff.statusCodeOverrides),
        },
      };
    }

    watchPage() {
      const on = (target, name, work) => target.addEventListener(name, (e) => attempt(() => work(e)));
      on(window, "pagehide", () => {
        // Should the page end before the settings are there: the host that served this script.
        if (!this.queue.config) this.queue.config = this.sending({}, this.ownApi());
        if (this.consented === true) this.queue.leave();
      });
      on(window, "pageshow", (event) => event.persisted && this.queue.resume());
      on(window, "online", () => this.queue.resume());
      on(document, "visibilitychange", () => {
        if (document.visibilityState !== "hidden") return;
        this.queue.flush();
        if (this.consented === true) this.queue.save();
      });
    }

    ownApi() {
      return asObject(asObject(this.options.integrations)[API]);
    }

    readClientHints() {
      const hints = navigator.userAgentData;
      if (!hints) return;
      this.userAgentData = {};
      for (const name of HINTS_LOW) this.userAgentData[name] = hints[name];
      const wanted = this.options.highEntropyValuesClientHints;
      if (!Array.isArray(wanted)) return;
      attempt(() =>
        hints.getHighEntropyValues(wanted).then((values) => (this.userAgentData = values), () => {}),
      );
    }

    readQueryString() {
      const { useQueryString } = this.options;
      const query = location.search || (location.hash.split("?")[1] || "");
      if (useQueryString === false || !query.includes("ajs_")) return;
      const params = new URLSearchParams(query);
      const { aid = /.+/, uid = /.+/ } = asObject(useQueryString);
      const [anonymousId, userId] = [params.get("ajs_aid"), params.get("ajs_uid")];
      if (anonymousId && aid.test(anonymousId)) this.setAnonymousId(anonymousId);
      if (userId && uid.test(userId)) this.identify(userId, withPrefix(params, "ajs_trait_"));
      const event = params.get("ajs_event");
      if (event) this.track(event, withPrefix(params, "ajs_prop_"));
    }

    push(...calls) {
      for (const [method, ...args] of calls) {
        if (isFunction(this[method])) attempt(() => this[method](...args), complain);
        else complain("There is no " + method + "().");
      }
      return this.inbox.length;
    }

    // One call of the six that make events. Gives a promise of its Context, which never fails: it
    // is kept when the event was answered or, like the callback, after `timeout` at the latest.
    call(type, args) {
      const last = args[args.length - 1];
      const queued = isObject(last) && last.__t === "bpc";
      const page = queued ? last : attempt(pageNow, {});
      const given = queued ? args.slice(0, -1) : args;
      const at = new Date();
      if (this.consented === true) return this.make(type, given, page, at);
      if (this.consented === false) return Promise.resolve(undefined);
      return this.hold(() => this.make(type, given, page, at));
    }

    hold(work) {
      if (this.held.length >= MOST_ITEMS) this.held.shift().resolve(undefined);
      return new Promise((resolve) => this.held.push({ work, resolve }));
    }

    make(type, args, page, at) {
      const end = args.findIndex(isFunction);
      const callback = args[end];
      return attempt(
        () => {
          const { fields, options, told } = READ[type](end < 0 ? args : args.slice(0, end), {
            user: this.user_,
            group: this.group_,
          });
          if (isId(options.anonymousId)) this.user_.anonymousId(options.anonymousId);
          const ctx = new Context(plain(this.event(type, fields, options, page, at)));
          const settled = new Promise((resolve) => {
            ctx.settle = () => resolve(ctx);
            setTimeout(ctx.settle, this.callbackMs);
          });
          if (callback) settled.then(() => attempt(() => callback(ctx), complain));
          this.inbox.push(ctx);
          this.emit("dispatch_start", ctx);
          this.pump();
          this.emit(type, ...told);
          return settled;
        },
        (reason) => {
          complain(reason);
          this.emit("error", { code: "invalid_call", reason });
          return Promise.resolve(undefined);
        },
      );
    }

    event(type, fields, options, page, at) {
      const context = { ...asObject(options.context) };
      const event = { timestamp: at, type, context, messageId: messageId(at) };
      event.integrations = this.integrationsFor(options.integrations);
      event.anonymousId = this.user_.anonymousId() || undefined;
      event.userId = this.user_.id() || undefined;
      Object.assign(event, fields);
      for (const key of Object.keys(options)) {
        const value = options[key];
        if (key === "context" || key === "integrations" || value === undefined) continue;
        if (HOISTED.includes(key)) event[key] = value;
        else setPath(context, key, value);
      }
      const found = pageContext(page);
      context.page = { ...found, ...asObject(context.page) };
      if (type === "page") {
        const { name, category } = event;
        event.properties = plain({ ...found, ...event.properties, name, category });
        for (const key of Object.keys(found)) context.page[key] = event.properties[key];
      }
      const params = new URLSearchParams(page.s);
      const sources = campaign(params);
      const defaults = {
        userAgent: navigator.userAgent,
        userAgentData: this.userAgentData,
        locale: navigator.userLanguage || navigator.language,
        library: { name: "analytics.js", version: VERSION },
        timezone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
        campaign: Object.keys(sources).length ? sources : undefined,
        consent: this.preferences ? { categoryPreferences: this.preferences } : undefined,
        referrer: this.adClick(params),
        amp: attempt(() => ({ id: /(?:^|; )_ga=(amp[^;]*)/.exec(document.cookie)[1] })),
      };
      event.context = { ...defaults, ...context };
      return event;
    }

    // The click on an advertisement that has brought the visitor, on this page or an earlier one.
    adClick(params) {
      const { storage } = this.user_;
      for (const [name, type] of AD_CLICKS) {
        const id = params.get(name);
        if (id) storage.set(AD_KEY, JSON.stringify({ id, type }));
      }
      return attempt(() => JSON.parse(storage.get(AD_KEY)) || undefined);
    }

    integrationsFor(given) {
      const found = {};
      const loaded = asObject(this.options.integrations);
      for (const key of Object.keys(loaded)) found[key] = Boolean(loaded[key]);
      return Object.assign(found, asObject(given));
    }

    goesToApi(event) {
      const loaded = asObject(this.options.integrations);
      if (loaded.All === false && !loaded[API]) return false;
      return asObject(event.integrations)[API] !== false;
    }

    // Events pass the plugins one at a time, so that a slow one cannot change their order.
    pump() {
      while (this.inbox.length && !this.gates && !this.pumping) {
        const ctx = this.inbox.shift();
        const passed = this.pass(ctx);
        if (!isThenable(passed)) continue;
        this.pumping = true;
        passed.then(() => {
          this.pumping = false;
          this.pump();
        });
      }
    }

    // Runs the steps in turn; a promise only where one of them gives a promise.
    pass(ctx) {
      const of = (type) => this.plugins.filter((plugin) => plugin.type === type);
      const steps = [
        ...of("before").map((plugin) => () => this.run(plugin, ctx, true)),
        ...of("enrichment").map((plugin) => () => this.run(plugin, ctx)),
        () => this.deliver(ctx, of("destination")),
        ...of("after").map((plugin) => () => this.run(plugin, ctx)),
      ];
      const next = () => {
        while (steps.length && !ctx.cancelled) {
          const result = steps.shift()();
          if (isThenable(result)) return result.then(next);
        }
        if (ctx.cancelled) ctx.settle();
        return undefined;
      };
      return next();
    }

    // Calls the plugin's function for this type. An error ends the event only where `vital`.
    run(plugin, ctx, vital) {
      const work = plugin[ctx.event.type];
      if (!isFunction(work)) return undefined;
      const failed = (reason) => {
        ctx.log("error", plugin.name + " failed", { error: reason });
        if (this.debugging || !ctx.cancelled) complain(plugin.name, reason);
        if (vital) ctx.cancelled = true;
      };
      const took = (result) => {
        if (result && isObject(result.event)) ctx.event = result.event;
      };
      const result = attempt(() => work.call(plugin, ctx, this), failed);
      return isThenable(result) ? inTime(result).then(took, failed) : took(result);
    }

    deliver(ctx, destinations) {
      if (this.debugging) console.log("[analytics.js]", ctx.event.type, ctx.event);
      const { integrations } = ctx.event;
      for (const plugin of destinations) {
        const { All = true, [plugin.name]: wanted = All } = asObject(integrations);
        if (wanted) this.deliverTo(plugin, ctx);
      }
      if (this.goesToApi(ctx.event)) this.queue.add(ctx.event, ctx.settle);
      else ctx.settle();
    }

    deliverTo(plugin, ctx) {
      const own = new Context(plain(ctx.event));
      const steps = this.destinationMiddleware.filter(
        ({ name }) => name === "*" || name.toLowerCase() === String(plugin.name).toLowerCase(),
      );
      // Not waited for: a destination that hangs holds up nothing else.
      steps
        .reduce(
          (before, { work }) =>
            before.then(() => own.cancelled || applyMiddleware(work, own, { integration: plugin.name })),
          Promise.resolve(plugin.loading),
        )
        .then(() => own.cancelled || this.run(plugin, own))
        .catch((reason) => complain(plugin.name, reason));
    }

    user() {
      return this.user_;
    }

    group(...args) {
      const bare = args.length === 0 || (args.length === 1 && asObject(args[0]).__t === "bpc");
      return bare ? this.group_ : this.call("group", args);
    }

    pageview(url) {
      return this.page(isString(url) ? { path: url } : {});
    }

    setAnonymousId(id) {
      if (this.consented === null) this.hold(() => this.user_.anonymousId(id));
      return this.consented ? this.user_.anonymousId(id) : id;
    }

    reset() {
      if (this.consented === null) {
        this.hold(() => this.reset());
        return;
      }
      this.user_.reset();
      this.group_.reset();
      this.emit("reset");
    }

    // true, or preferences by category of which one is true: everything that was held goes out,
    // and later calls at once. Else: nothing is kept in this browser and nothing is sent.
    consent(choice) {
      if (this.options.disable === true) return this;
      const preferences = isObject(choice) ? plain(choice) : null;
      const granted = preferences ? Object.values(preferences).includes(true) : choice !== false;
      const before = this.preferences && JSON.stringify(this.preferences);
      this.preferences = preferences;
      if (granted) {
        this.open();
        this.held.splice(0).forEach(({ work, resolve }) => resolve(work()));
        if (before && preferences && before !== JSON.stringify(preferences)) {
          this.track("Segment Consent Preference Updated");
        }
        return this;
      }
      this.user_.storage.open = this.group_.storage.open = true;
      this.user_.reset();
      this.group_.reset();
      this.user_.storage.remove(AD_KEY);
      this.queue.clear();
      this.held.splice(0).forEach(({ resolve }) => resolve(undefined));
      this.consented = this.user_.storage.open = this.group_.storage.open = false;
      return this;
    }

    ready(callback) {
      const all = this.settingsKnown.then(() =>
        Promise.all(
          this.plugins.map((plugin) =>
            Promise.resolve(plugin.loading).then(() => isFunction(plugin.ready) && plugin.ready()),
          ),
        ),
      );
      const called = all.then((results) => {
        if (isFunction(callback)) attempt(callback, complain);
        return results;
      });
      called.catch(complain);
      return called;
    }

    debug(on = true) {
      this.debugging = Boolean(on);
      if (!on) local.remove("debug");
      return this;
    }

    timeout(milliseconds) {
      this.callbackMs = milliseconds;
    }

    register(...plugins) {
      const loads = plugins.filter(isObject).map((plugin) => {
        const failed = (reason) => {
          complain(plugin.name, reason);
          this.failedInitializations.push(plugin.name);
          this.plugins = this.plugins.filter((known) => known !== plugin);
        };
        this.plugins.push(plugin);
        const load = () => plugin.load(new Context({}), this);
        const loading = isFunction(plugin.load) ? attempt(load, failed) : undefined;
        if (!isThenable(loading)) return undefined;
        const loaded = inTime(loading).catch(failed);
        if (plugin.type === "destination") {
          plugin.loading = loaded;
          return undefined;
        }
        this.gates += 1;
        return loaded.then(() => {
          this.gates -= 1;
          this.pump();
        });
      });
      return Promise.all(loads).then(() => undefined);
    }

    deregister(...names) {
      for (const plugin of this.plugins.filter(({ name }) => names.includes(name))) {
        if (isFunction(plugin.unload)) attempt(() => plugin.unload(new Context({}), this), complain);
      }
      this.plugins = this.plugins.filter(({ name }) => !names.includes(name));
      return Promise.resolve();
    }

    addSourceMiddleware(work) {
      const integrations = () => asObject(asObject(this.cdnSettings).integrations);
      const step = (ctx) => applyMiddleware(work, ctx, { integrations: integrations() });
      const plugin = { name: "Source middleware", type: "before" };
      for (const type of TYPES) plugin[type] = step;
      this.register(plugin);
      return this;
    }

    addDestinationMiddleware(name, ...steps) {
      steps.forEach((work) => this.destinationMiddleware.push({ name, work }));
      return this;
    }

    trackLink(links, event, properties, options) {
      for (const link of elements(links)) {
        link.addEventListener("click", (click) => {
          const inner = link.getElementsByTagName("a")[0];
          const href =
            link.getAttribute("href") ||
            link.getAttribute("xlink:href") ||
            (inner && inner.getAttribute("href"));
          const sent = this.track(valueFor(event, link), valueFor(properties, link), asObject(options));
          const modified = click.ctrlKey || click.shiftKey || click.metaKey || click.button > 0;
          const elsewhere = modified || (link.getAttribute("target") || "") === "_blank";
          // A page that handles the click itself, such as one with a router, goes on doing so.
          if (!href || elsewhere || click.defaultPrevented) return;
          click.preventDefault();
          sent.then(() => (window.location.href = href));
        });
      }
      return this;
    }

    trackForm(forms, event, properties, options) {
      for (const form of elements(forms)) {
        const submitted = (submit) => {
          const sent = this.track(valueFor(event, form), valueFor(properties, form), asObject(options));
          const { isDefaultPrevented, defaultPrevented } = submit;
          if (isDefaultPrevented ? submit.isDefaultPrevented() : defaultPrevented) return;
          submit.preventDefault();
          // By the prototype: a form's button may be named "submit".
          sent.then(() => HTMLFormElement.prototype.submit.call(form));
        };
        // What a page submits by jQuery's submit(), only jQuery's listeners hear of.
        const jquery = window.jQuery || window.Zepto;
        if (jquery) jquery(form).on("submit", submitted);
        else form.addEventListener("submit", submitted);
      }
      return this;
    }

  }

  for (const type of TYPES.filter((name) => name !== "group")) {
    Analytics.prototype[type] = function (...args) {
      return this.call(type, args);
    };
  }
  Analytics.prototype.trackClick = Analytics.prototype.trackLink;
  Analytics.prototype.trackSubmit = Analytics.prototype.trackForm;

  // Calls of older versions that pages may still make; they do nothing in Segment's either.
  const PAST =
    "addEventListener addIntegration addIntegrationMiddleware add hasListeners init initialize " +
    "listeners load log noConflict normalize removeAllListeners removeEventListener removeListener use";
  for (const name of PAST.split(" ")) {
    Analytics.prototype[name] = function () {
      complain(name + "() does nothing any more.");
      return this;
    };
  }

  const AD_KEY = "s:context.referrer";
  const AD_CLICKS = [["urid", "millennial-media"], ["btid", "dataxu"]];
  const USER_KEYS = { id: "ajs_user_id", traits: "ajs_user_traits" };
  const GROUP_KEYS = { id: "ajs_group_id", traits: "ajs_group_properties" };
  const HOISTED = ["userId", "anonymousId", "timestamp", "messageId"];
  // Of the calls that a page queued, what has to be in place before the first event.
  const FIRST = [
    "setAnonymousId", "on", "once", "off", "debug", "timeout", "register", "deregister",
    "addSourceMiddleware", "addDestinationMiddleware",
  ];

  const messageId = (at) => "ajs-next-" + at.getTime() + "-" + uuid();
  const valueFor = (given, element) => (isFunction(given) ? given(element) : given);

  function elements(found) {
    if (!found) return [];
    return (found.nodeType ? [found] : Array.from(found)).filter((one) => one && one.nodeType);
  }

  function inTime(promise) {
    return new Promise((resolve, reject) => {
      promise.then(resolve, reject);
      setTimeout(() => reject(new Error("It took too long.")), PLUGIN_WITHIN_MS);
    });
  }

  // Middleware that does not call `next` before it is through drops the event.
  function applyMiddleware(work, ctx, extras) {
    let called = false;
    const next = (payload) => {
      called = true;
      if (payload && isObject(payload.obj)) ctx.event = payload.obj;
    };
    const end = () => {
      if (!called) ctx.cancelled = true;
    };
    const result = work({ payload: facade(ctx.event), next, ...extras });
    return isThenable(result) ? result.then(end) : end();
  }

  // Where this script came from, what the page calls it, and which key it writes to.
  function start() {
    const own = document.currentScript || document.querySelector("script[src*='/analytics.js/v1/']");
    const name = (own && own.getAttribute("data-global-segment-analytics-key")) || "analytics";
    const snippet = window[name] || [];
    if (snippet.initialized) return;
    const address = /^(https?:.*)\/analytics\.js\/v1\/([^/]+)/;
    const [, base, keyInAddress] = address.exec(own ? own.src : "") || [];
    const embedded = /^__WRITE.KEY__$/.test(EMBEDDED_KEY) ? "" : EMBEDDED_KEY;
    const key = embedded || snippet._writeKey || keyInAddress;
    if (!key) {
      complain("There is no write key.");
      return;
    }
    const options = asObject(snippet._loadOptions);
    const cdn = options.cdnURL || snippet._cdn || base || location.origin;
    const analytics = new Analytics(name, key, cdn.replace(/\/$/, ""), options);
    analytics.SNIPPET_VERSION = snippet.SNIPPET_VERSION;
    window[name] = analytics;
    const calls = Array.isArray(snippet) ? snippet.filter(Array.isArray) : [];
    snippet.push = (...more) => analytics.push(...more); // who still holds the array
    analytics.start(calls);
  }

  attempt(start, complain);
})();
