//! Zoetrope turns a sentence or a picture into a video with the Wan models, through Apple's MLX.
