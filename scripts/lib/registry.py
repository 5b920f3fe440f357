"""Prints data from settings/repos and settings/smoke.json for the scripts.

Usage: registry.py [--settings DIR] names           the repositories that must be cloned, one per line
       registry.py [--settings DIR] upstream NAME   folder, url and commit, one per line
       registry.py [--settings DIR] smoke NAME      a config with the first smoke experiment of this repository
"""

import json
import sys
from pathlib import Path

SETTINGS = Path(__file__).resolve().parents[2] / "settings"


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def repositories(settings=SETTINGS):
    """name -> registry entry, only of repositories that must be cloned."""
    return {name: entry for name, entry in all_repositories(settings).items() if "upstream" in entry}


def all_repositories(settings=SETTINGS):
    """name -> registry entry."""
    return {path.stem: read(path) for path in sorted((settings / "repos").glob("*.json"))}


def models_of(entry):
    """The entry's models with all fields: `name`, `aliases`, `hyperparameters`, `metrics`, `required_metrics`,
    `required_args` (words), `without_effect`. Fields of a model override those of its repository."""
    return [_complete(entry, {"name": model} if isinstance(model, str) else model) for model in entry["models"]]


def _complete(entry, model):
    without_effect = model.get("without_effect", {})
    own = model.get("hyperparameters", {})
    names = dict.fromkeys([*entry["supported_hyperparams"], *own])
    hyperparameters = {name: {**entry["supported_hyperparams"].get(name, {}), **own.get(name, {})}
                       for name in names if name not in without_effect}
    return {
        "name": model["name"],
        "aliases": model.get("aliases", []),
        "hyperparameters": hyperparameters,
        "without_effect": without_effect,
        "metrics": {**_metrics(entry), **_metrics(model)},
        "required_metrics": model.get("required_metrics", entry.get("required_metrics", [])),
        "required_args": _words(model.get("required_args", entry.get("required_args", []))),
    }


def _metrics(place):
    return place.get("performance_metrics", {}).get("log_patterns", {})


def _words(arguments):
    if isinstance(arguments, dict):
        return [word for text in arguments.values() for word in text.split()]
    return list(arguments)


def training_words(entry, model, values):
    """The arguments of a training with these values, in the form that the program passes; None leaves a flag out."""
    words = [] if model["name"] == "default" or not entry.get("model_flag") else [entry["model_flag"], model["name"]]
    words += model["required_args"]
    for name, hyperparameter in model["hyperparameters"].items():
        value = values.get(name)
        if isinstance(value, bool):
            words += [hyperparameter["flag"]] if value else []
        elif value is not None:
            words += [hyperparameter["flag"], str(value)]
    return words


def upstream(name, settings=SETTINGS):
    entry = repositories(settings).get(name)
    if entry is None:
        sys.exit(f"unknown repository {name}; {settings / 'repos'} has: {', '.join(repositories(settings))}")
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
    words, settings = sys.argv[1:], SETTINGS
    if words[:1] == ["--settings"] and len(words) > 1:
        settings, words = Path(words[1]), words[2:]
    question, *names = words or [""]
    if question == "names" and not names:
        print("\n".join(repositories(settings)))
    elif question == "upstream" and len(names) == 1:
        print("\n".join(upstream(*names, settings)))
    elif question == "smoke" and len(names) == 1:
        print(json.dumps(smoke_config(*names, settings), indent=2))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
