"""Other training loops around the same networks: a plain DataLoader's, and pythae's."""

import io
import logging
import tempfile
from contextlib import redirect_stderr

import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.peers import NOT_INSTALLED, timed
from gaebench.models.vae import VAE
from gaebench.networks.autoencoder import GaussianAutoEncoder
from gaebench.seeding import stream


def plain(model: GaussianAutoEncoder, images: Tensor, batch: int) -> float:
    """One epoch as tutorials write it; the mean loss."""
    loader = DataLoader(TensorDataset(images), batch_size=batch, shuffle=True)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    generator, total = stream(0, "train"), 0.0
    model.train()
    for (x,) in loader:
        optimiser.zero_grad()
        loss = -model.objective(x, generator).mean()
        loss.backward()
        optimiser.step()
        total += loss.item()
    return total / len(loader)


def pythae_epoch(model: GaussianAutoEncoder, images: Tensor, batch: int) -> float | str:
    """Seconds of one epoch of pythae's trainer, without its checkpoints and evaluations."""
    try:
        # Its progress bar writes into memory.
        with tempfile.TemporaryDirectory() as folder, redirect_stderr(io.StringIO()):
            trainer = pythae_trainer(model, images, batch, folder)
            return timed(lambda: trainer.train_step(1))
    except ModuleNotFoundError:
        return NOT_INSTALLED


def pythae_trainer(model: GaussianAutoEncoder, images: Tensor, batch: int, folder: str):
    """A prepared pythae ``BaseTrainer``; it writes nothing but an empty folder."""
    from pythae.data.datasets import BaseDataset
    from pythae.trainers import BaseTrainer, BaseTrainerConfig

    for name in list(logging.root.manager.loggerDict):
        if name.startswith("pythae"):
            logging.getLogger(name).setLevel(logging.WARNING)
    wrapped = _pythae_vae(model) if isinstance(model, VAE) else _pythae_wrapper(model)
    config = BaseTrainerConfig(
        output_dir=folder,
        per_device_train_batch_size=batch,
        num_epochs=1,
        learning_rate=1e-3,
        no_cuda=True,
    )
    rows = BaseDataset(images, torch.zeros(len(images)))
    trainer = BaseTrainer(wrapped, rows, training_config=config)
    trainer.prepare_training()
    return trainer


def _pythae_vae(model: VAE):
    """pythae's own VAE and objective around our encoder and decoder networks."""
    from pythae import models
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.net = model.encoder

        def forward(self, x: Tensor) -> ModelOutput:
            mean, log_variance = self.net(x)
            return ModelOutput(embedding=mean, log_covariance=log_variance)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.net = model.decoder.net

        def forward(self, z: Tensor) -> ModelOutput:
            return ModelOutput(reconstruction=self.net(z).sigmoid())

    pixels = model.decoder.net[-1].out_features
    config = models.VAEConfig(
        input_dim=(pixels,), latent_dim=model.latent, reconstruction_loss="bce"
    )
    return models.VAE(config, encoder=Encoder(), decoder=Decoder())


def _pythae_wrapper(model: GaussianAutoEncoder):
    """Any of our auto-encoders as a pythae model with our objective."""
    from pythae.models import BaseAE, BaseAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder

    class Wrapper(BaseAE):
        def __init__(self) -> None:
            super().__init__(BaseAEConfig(latent_dim=model.latent), decoder=BaseDecoder())
            self.inner, self.generator = model, stream(0, "train")

        def forward(self, inputs: dict, **kwargs: object) -> ModelOutput:
            loss = -self.inner.objective(inputs["data"], self.generator).mean()
            return ModelOutput(loss=loss)

    return Wrapper()
