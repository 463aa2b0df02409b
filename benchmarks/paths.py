"""The paths that are measured, in the order of the table."""

from benchmarks import loglik_prior, mixture_prior, parzen, pipeline, training

PATHS = {
    "parzen": parzen.BENCHMARK,
    "loglik_prior": loglik_prior.BENCHMARK,
    "mixture_prior": mixture_prior.BENCHMARK,
    "train_vae": training.VAE,
    "train_gae": training.GAE,
    "pipeline": pipeline.FULL,
    "pipeline_quick": pipeline.QUICK,
    "memory": pipeline.MEMORY,
}
