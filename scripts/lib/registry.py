"""Answers a script's questions about settings/repos and settings/smoke.json.

Usage: registry.py names                the repositories that have to be cloned, one a line
       registry.py upstream NAME        folder, url and commit, one a line
       registry.py smoke NAME           a config with the first smoke experiment of this repository
"""

import json
import sys
from pathlib import Path

SETTINGS = Path(__file__).resolve().parents[2] / "settings"


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def repositories(settings=SETTINGS):
    """name -> registry entry, of those that come from elsewhere."""
    entries = {path.stem: read(path) for path in sorted((settings / "repos").glob("*.json"))}
    return {name: entry for name, entry in entries.items() if "upstream" in entry}


def upstream(name, settings=SETTINGS):
    entry = repositories(settings).get(name)
    if entry is None:
        sys.exit(f"{name} is no repository of {settings / 'repos'}: {', '.join(repositories(settings))}")
    return [str(settings.parent / entry["path"]), entry["upstream"]["url"], entry["upstream"]["commit"]]


def smoke_config(name, settings=SETTINGS):
    config = read(settings / "smoke.json")
    config["experiment_name"] = f"smoke of {name}"
    config["experiments"] = [entry for entry in config["experiments"] if entry.get("repo") == name][:1]
    if not config["experiments"]:
        sys.exit(f"{settings / 'smoke.json'} has no experiment of {name}")
    del config["$schema"]
    return config


def main():
    question, *names = sys.argv[1:] or [""]
    if question == "names" and not names:
        print("\n".join(repositories()))
    elif question == "upstream" and len(names) == 1:
        print("\n".join(upstream(*names)))
    elif question == "smoke" and len(names) == 1:
        print(json.dumps(smoke_config(*names), indent=2))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
