"""All weights of a network in one vector.

One vector makes the optimiser a dozen operations, the exchange between
accelerators one call, and the moving average a line.
"""

import torch


class Flat:
    """AdamW over the parameters of some modules, and their moving average.

    `dtype` is what the modules compute with; the master weights are float32.
    Matrices decay, vectors do not.
    """

    def __init__(self, machine, modules, rate, betas, decay, average, dtype=torch.float32):
        self.machine, self.rate, self.betas, self.average = machine, rate, betas, average
        self.params = [p for m in modules for p in m.parameters()]
        self.master = torch.cat([p.detach().float().flatten() for p in self.params])
        machine.copy_from_first(self.master)
        self.decay = torch.cat([torch.full((p.numel(),), decay * (p.dim() > 1), device=p.device) for p in self.params])
        self.work = self.master if dtype == torch.float32 else self.master.to(dtype)
        self.grad = torch.zeros_like(self.work)
        self.first, self.second = torch.zeros_like(self.master), torch.zeros_like(self.master)
        self.ema = self.master.clone()
        self.steps = 0
        for p, weights, grad in zip(self.params, self.split(self.work), self.split(self.grad)):
            p.data, p.grad = weights, grad

    def split(self, vector):
        """The vector as tensors of the parameters' shapes."""
        parts = vector.split([p.numel() for p in self.params])
        return [part.view(p.shape) for part, p in zip(parts, self.params)]

    def step(self, factor):
        """One update from the gradients, at `factor` times the learning rate."""
        self.steps += 1
        g = self.machine.mean(self.grad).float()
        g *= (1 / (g.norm() + 1e-6)).clamp(max=1)
        b1, b2 = self.betas
        self.first.lerp_(g, 1 - b1)
        self.second.lerp_(g * g, 1 - b2)
        rate = self.rate * factor
        update = (self.first / (1 - b1**self.steps)) / ((self.second / (1 - b2**self.steps)).sqrt() + 1e-8)
        self.master -= rate * (update + self.decay * self.master)
        self.ema.lerp_(self.master, 1 - min(self.average, (1 + self.steps) / (10 + self.steps)))
        if self.work is not self.master:
            self.work.copy_(self.master)

    def state(self):
        """What a later program needs to go on."""
        return {k: getattr(self, k) for k in ("master", "first", "second", "ema", "steps")}

    def restore(self, state):
        for k in ("master", "first", "second", "ema"):
            getattr(self, k).copy_(state[k])
        self.steps = state["steps"]
        if self.work is not self.master:
            self.work.copy_(self.master)

    def averaged(self, *modules):
        """The moving average under the names of fresh modules, given in the order of the trained ones."""
        names = [name for m in modules for name, _ in m.named_parameters()]
        states = [{} for _ in modules]
        owners = [i for i, m in enumerate(modules) for _ in m.parameters()]
        for owner, name, tensor in zip(owners, names, self.split(self.ema)):
            states[owner][name] = tensor.clone()
        return states
