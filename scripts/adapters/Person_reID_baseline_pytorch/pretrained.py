"""The backbones' pre-trained weights: where they lie, how they are had ahead of time, and networks built without them.

The scripts ask torchvision and timm for them by `pretrained=True`, which downloads what the caches lack. A training may
not: it is refused before, or, on made-up data, goes on with networks that were never trained.
"""

import os
from pathlib import Path

from launcher import data

#: Which network each model builds on.
BACKBONES = {"densenet121": "densenet121", "hrnet18": "hrnet_w18", "pcb": "resnet50"}
#: torchvision's class of weights for its networks; the first version is what `pretrained=True` stands for.
TORCHVISION = {"densenet121": "DenseNet121_Weights", "resnet50": "ResNet50_Weights"}
HUB_FILES = ("model.safetensors", "pytorch_model.bin")
REMEDY = "scripts/adapters/Person_reID_baseline_pytorch/train.sh --fetch-weights"


def needs(models=tuple(BACKBONES)):
    return [_need_of(BACKBONES[model]) for model in models]


def are_there(model):
    return not data.missing(needs([model]))


def fetch(models=tuple(BACKBONES)):
    """Fills the caches: the only step that uses the network. To be called before anything imports huggingface_hub."""
    os.environ["HF_HUB_OFFLINE"] = "0"
    for name in (BACKBONES[model] for model in models):
        if name in TORCHVISION:
            from torchvision import models as networks

            getattr(networks, name)(weights="IMAGENET1K_V1")
        else:
            import timm

            timm.create_model(name, pretrained=True)
        print(f"{name}: {_need_of(name).path}")


def take_from_cache(has_weights):
    """The networks that a script builds from now on get the cached weights, or none where `has_weights` is false."""
    from torchvision import models as networks

    for name in TORCHVISION:
        setattr(networks, name, _torchvision_builder(getattr(networks, name), has_weights))
    import timm

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
    path, source = _torchvision_place(name) if name in TORCHVISION else _timm_place(name)
    return data.Need(path, f"pre-trained weights of {name}", f"{source}; with a network: {REMEDY}")


def _torchvision_place(name):
    import torch
    from torchvision import models as networks

    url = getattr(networks, TORCHVISION[name]).IMAGENET1K_V1.url
    return Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1], url


def _timm_place(name):
    import timm
    from huggingface_hub import constants, try_to_load_from_cache

    repository = timm.models.get_pretrained_cfg(name).hf_hub_id
    cached = [try_to_load_from_cache(repository, file) for file in HUB_FILES]
    found = next((path for path in cached if isinstance(path, str)), None)
    folder = Path(constants.HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}"
    path = Path(found) if found else folder / "snapshots" / "REVISION" / HUB_FILES[0]
    return path, f"https://huggingface.co/{repository}"
