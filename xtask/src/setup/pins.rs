//! The wheels that setup fetches, by hash.

use crate::wheel::Wheels;

pub const MLX_CPU: Wheels = Wheels {
    what: "mlx-cpu (10 MB)",
    platforms: &["manylinux_2_35_x86_64"],
    pins: "mlx-cpu==0.32.2 --hash=sha256:fc5d31b90fc4f457b2f9614ed45651a567d22a6a11a03d114a90a4e10bdd8878\n",
};

/// With NVIDIA's libraries, which libmlx finds beside itself. The driver must be on the machine.
pub const MLX_CUDA: Wheels = Wheels {
    what: "mlx-cuda-13 and NVIDIA's libraries (about 2 GB)",
    platforms: &["manylinux_2_35_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64"],
    pins: "\
mlx-cuda-13==0.32.2 --hash=sha256:335094ccd1c0c6dc3e09c8caba207c8180602bacc0c38ba20c1d81e9456ab394
nvidia-cublas==13.10.0.20 --hash=sha256:dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84
nvidia-cuda-nvrtc==13.5.37 --hash=sha256:86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc
nvidia-cuda-runtime==13.5.37 --hash=sha256:df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d
nvidia-cudnn-cu13==9.28.1.4 --hash=sha256:a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec
nvidia-cufft==12.5.0.14 --hash=sha256:b8be26837a5abad2b5b74f3e92dd29f622a42934b355be0961a48712cbba23ad
nvidia-nccl-cu13==2.32.3 --hash=sha256:1459723080ac889d73a26edfa3e04383a7928ab31ac8f0ec43b3ea9548b04ff3
nvidia-nvjitlink==13.5.37 --hash=sha256:280d7cb9649704145f074b8dbde500de04ce02d0872e066e20a83c17bcaa93eb
",
};

/// A BLAS ten times as fast as the reference one that comes with MLX.
pub const OPENBLAS: Wheels = Wheels {
    what: "OpenBLAS (20 MB)",
    platforms: &["manylinux_2_28_x86_64"],
    pins: "cmeel-openblas==0.3.31 --hash=sha256:4ed8a223d7d29f2f9be2b8e2db3b38961a354a3270cd6101cee4ba7ce5ac92cc\n",
};

/// For macOS 14.0 and later.
pub const MLX_METAL_14: Wheels = Wheels {
    what: "mlx-metal (43 MB)",
    platforms: &["macosx_14_0_arm64"],
    pins: "mlx-metal==0.32.2 --hash=sha256:3825fff379dbc107dd3413e564a06caeaa24819910ec49c0439e454c06a1b9b8\n",
};

/// For macOS 26.2 and later.
pub const MLX_METAL_26: Wheels = Wheels {
    what: "mlx-metal (64 MB)",
    platforms: &["macosx_26_0_arm64"],
    pins: "mlx-metal==0.32.2 --hash=sha256:e6abeac9ac5265830c9c1541b6f96e9be37a85c2446763a46ad466c63a3837ab\n",
};

/// What bindgen reads C with, on Linux; macOS has its own in Xcode.
pub const LIBCLANG: Wheels = Wheels {
    what: "libclang (25 MB)",
    platforms: &["manylinux2010_x86_64"],
    pins: "libclang==18.1.1 --hash=sha256:c533091d8a3bbf7460a00cb6c1a71da93bffe148f172c7d03b1c31fbf8aa2a0b\n",
};
