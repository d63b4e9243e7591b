mod clip;
mod dit;
mod nn;
mod quantised;
mod vae;
