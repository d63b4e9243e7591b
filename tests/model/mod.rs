mod dit;
mod nn;
mod vae;
