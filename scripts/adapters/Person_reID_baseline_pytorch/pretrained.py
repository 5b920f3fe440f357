"""The backbones' pre-trained weights: their place, how to download them, and networks without them.

The scripts get them from torchvision and timm with `pretrained=True`, which downloads missing weights. A training must
not download anything: it is refused, or with made-up data it uses untrained networks. This module finds the caches
without the libraries, so that the check also works before they are installed.
"""

import os
from pathlib import Path

from launcher import data

#: The backbone of each model.
BACKBONES = {"densenet121": "densenet121", "hrnet18": "hrnet_w18", "pcb": "resnet50"}
#: The files of `pretrained=True` in torchvision: the first version of its ImageNet weights.
TORCHVISION_FILES = {"densenet121": "densenet121-a639ec97.pth", "resnet50": "resnet50-0676ba61.pth"}
#: timm's source of the weights of hrnet_w18.
HUB_REPOSITORY = "timm/hrnet_w18.ms_aug_in1k"
HUB_FILES = ("model.safetensors", "pytorch_model.bin")
#: Downloads them.
REMEDY = "scripts/adapters/Person_reID_baseline_pytorch/train.sh --fetch-weights"


def needs(models=tuple(BACKBONES)):
    return [_need_of(BACKBONES[model]) for model in models]


def are_there(model):
    return not data.missing(needs([model]))


def fetch(models=tuple(BACKBONES)):
    """Downloads missing weights into the caches: the only step that uses the network. Call this before anything imports
    huggingface_hub."""
    os.environ["HF_HUB_OFFLINE"] = "0"
    for name in (BACKBONES[model] for model in models):
        if data.missing([_need_of(name)]):
            _download(name)
        print(f"{name}: {_need_of(name).path}", flush=True)


def _download(name):
    if name in TORCHVISION_FILES:
        from torchvision import models as networks

        getattr(networks, name)(weights="IMAGENET1K_V1")
    else:
        import timm

        timm.create_model(name, pretrained=True)


def take_from_cache(has_weights):
    """All new networks get the cached weights, or none if `has_weights` is false."""
    import timm
    from torchvision import models as networks

    for name in TORCHVISION_FILES:
        setattr(networks, name, _torchvision_builder(getattr(networks, name), has_weights))
    timm.create_model = _timm_builder(timm.create_model, has_weights)


def _torchvision_builder(build, has_weights):
    def built(pretrained=False, **options):
        # torchvision is removing the old argument `pretrained`.
        return build(weights="IMAGENET1K_V1" if pretrained and has_weights else None, **options)

    return built


def _timm_builder(create, has_weights):
    def created(name, pretrained=False, **options):
        return create(name, pretrained=pretrained and has_weights, **options)

    return created


def _need_of(name):
    path, source = _torchvision_place(name) if name in TORCHVISION_FILES else _hub_place()
    return data.Need(path, f"pre-trained weights of {name}", source)


def _folder_of(variable, *otherwise):
    """The folder in an environment variable, else a folder in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(os.environ.get(variable) or Path(cache, *otherwise)).expanduser()


def _torchvision_place(name):
    file = TORCHVISION_FILES[name]
    return _folder_of("TORCH_HOME", "torch") / "hub" / "checkpoints" / file, f"https://download.pytorch.org/models/{file}"


def _hub_place():
    cache = os.environ.get("HF_HUB_CACHE") or _folder_of("HF_HOME", "huggingface") / "hub"
    folder = Path(cache).expanduser() / f"models--{HUB_REPOSITORY.replace('/', '--')}" / "snapshots"
    found = [path for file in HUB_FILES for path in sorted(folder.glob(f"*/{file}"))]
    return (found or [folder / "REVISION" / HUB_FILES[0]])[0], f"https://huggingface.co/{HUB_REPOSITORY}"
