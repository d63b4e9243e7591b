mod clip;
mod dit;
mod dit_cases;
mod nag;
mod nn;
mod quantised;
mod tiny_vae;
mod vae;
