//! Tensors by name, whatever the file.
