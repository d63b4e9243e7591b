mod clip;
mod dit;
mod nag;
mod nn;
mod quantised;
mod tiny_vae;
mod vae;
