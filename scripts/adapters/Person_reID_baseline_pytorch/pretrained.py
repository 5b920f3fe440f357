"""The backbones' pre-trained weights: where they lie, how they are had ahead of time, and networks built without them.

The scripts ask torchvision and timm for them by `pretrained=True`, which downloads what the caches lack. A training may
not: it is refused before, or, on made-up data, goes on with networks that were never trained. Where the caches are is
worked out here, not asked of the libraries, so that one can look before they are installed.
"""

import os
from pathlib import Path

from launcher import data

#: Which network each model builds on.
BACKBONES = {"densenet121": "densenet121", "hrnet18": "hrnet_w18", "pcb": "resnet50"}
#: The files that `pretrained=True` means in torchvision: the first version of its ImageNet weights.
TORCHVISION_FILES = {"densenet121": "densenet121-a639ec97.pth", "resnet50": "resnet50-0676ba61.pth"}
#: Where timm has its weights of hrnet_w18 from.
HUB_REPOSITORY = "timm/hrnet_w18.ms_aug_in1k"
HUB_FILES = ("model.safetensors", "pytorch_model.bin")
#: Fetches them where there is a network.
REMEDY = "scripts/adapters/Person_reID_baseline_pytorch/train.sh --fetch-weights"


def needs(models=tuple(BACKBONES)):
    return [_need_of(BACKBONES[model]) for model in models]


def are_there(model):
    return not data.missing(needs([model]))


def fetch(models=tuple(BACKBONES)):
    """Fills the caches: the only step that uses the network, and only for what they lack. To be called before anything
    imports huggingface_hub."""
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
    """The networks that a script builds from now on get the cached weights, or none where `has_weights` is false."""
    import timm
    from torchvision import models as networks

    for name in TORCHVISION_FILES:
        setattr(networks, name, _torchvision_builder(getattr(networks, name), has_weights))
    timm.create_model = _timm_builder(timm.create_model, has_weights)


def _torchvision_builder(build, has_weights):
    def built(pretrained=False, **options):
        # `pretrained` is an old name that torchvision gives up.
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
    """The folder that an environment variable names, else one in the user's cache."""
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
