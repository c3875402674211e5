"""Run the benchmarks and print a table: `python -m bench [ingest] [delivery] [load] [--json]`.

`panel` runs only when it is asked for, as it takes minutes.
"""

import argparse
import json
import sys

from . import environment

ALL = ("ingest", "delivery", "load", "mapping")
ASKED_FOR = ("panel",)  # takes minutes


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("which", nargs="*", default=ALL, metavar="|".join(ALL))
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    unknown = set(options.which) - {*ALL, *ASKED_FOR}
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    home = environment.set_up()
    rows = []
    try:
        for which in options.which:
            print(f"measuring {which} …", file=sys.stderr)
            rows += __import__(f"bench.{which}", fromlist=["run"]).run()
    finally:
        environment.tear_down(home)
    print(json.dumps(rows, indent=2) if options.json else table(rows))


def table(rows: list[dict]) -> str:
    lines = [f"{'':34}{'ours':>10}{'baseline':>10}  ratio    bar"]
    for row in rows:
        ratio = row["ours"] / row["theirs"]
        verdict = (
            ""
            if row["bar"] is None
            else f"{row['bar']:5.2f} {'ok' if ratio >= row['bar'] else 'MISSED'}"
        )
        lines.append(
            f"{row['name']:34}{row['ours']:10,.0f}{row['theirs']:10,.0f}{ratio:7.2f}  {verdict}"
            f"   {row['unit']}, beside {row['baseline']}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
