//! Arrays filled from outside: the one place where file contents enter MLX's memory.
//!
//! It is MLX's own loader that makes the array, since it alone knows where an array should lie: on Apple's GPUs and on
//! the CPU the memory that it hands out to be filled is the array's, on NVIDIA's it is the host's, and goes to the device
//! in one copy. What the loader takes for a safetensors file is a header of one tensor, and whoever fills it.
//! See `Load::eval_cpu` and `Load::eval_gpu` in
//! <https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/common/load.cpp#L33> and
//! <https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/cuda/load.cpp#L31>.
#![expect(
    unsafe_code,
    reason = "MLX's Rust interface has no loader that reads from anything but a file of its own formats"
)]

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use mlx_rs::ops::zeros_dtype;
use mlx_rs::{Array, Device, Dtype, Stream, with_stream};
use serde_json::json;

use crate::backend::Backend;
use crate::{Error, Result};

/// What fills the bytes of an array. Another thread may call it, while this one waits.
type Fill<'a> = Box<dyn FnOnce(&mut [u8]) -> Result<()> + Send + 'a>;

/// An array whose bytes `fill` writes, in row-major and little-endian order.
///
/// # Errors
/// That of `fill`, or MLX has no memory for it.
pub(super) fn filled<'a>(
    shape: &[i32],
    dtype: Dtype,
    fill: impl FnOnce(&mut [u8]) -> Result<()> + Send + 'a,
) -> Result<Array> {
    let mut file = VirtualFile::new(shape, dtype, Box::new(fill))?;
    if file.data == 0 {
        return Ok(zeros_dtype(shape, dtype)?);
    }
    let loaded = load(&mut file);
    if let Some(panic) = file.panic {
        resume_unwind(panic);
    }
    file.filled?;
    loaded
}

/// Does `work`, which reads, beside what this thread has MLX compute: neither waits for the other.
///
/// # Errors
/// That of `work`, or MLX does not work.
pub fn beside<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    thread_local! {
        /// There is no way to give a stream back.
        static OWN: RefCell<Option<(Backend, Stream)>> = const { RefCell::new(None) };
    }
    let backend = Backend::current()?;
    let own = OWN.with_borrow(|own| match own {
        Some((of, stream)) if *of == backend => Some(stream.clone()),
        _ => None,
    });
    let stream = if let Some(stream) = own {
        stream
    } else {
        let stream = Stream::new_with_device(&Device::try_default()?);
        OWN.set(Some((backend, stream.clone())));
        stream
    };
    with_stream(&stream, work)
}

/// A safetensors file of one tensor, of which nothing is there but the header.
struct VirtualFile<'a> {
    header: Vec<u8>,
    /// How many bytes follow the header.
    data: usize,
    position: usize,
    fill: Option<Fill<'a>>,
    filled: Result<()>,
    panic: Option<Box<dyn Any + Send>>,
}

const TENSOR: &std::ffi::CStr = c"tensor";

impl<'a> VirtualFile<'a> {
    fn new(shape: &[i32], dtype: Dtype, fill: Fill<'a>) -> Result<Self> {
        let elements = shape.iter().try_fold(1usize, |product, &side| {
            product.checked_mul(usize::try_from(side).ok()?)
        });
        let (name, bytes) = stored_as(dtype);
        let data = elements
            .and_then(|elements| elements.checked_mul(bytes))
            .ok_or_else(|| Error::Other(format!("No array can have the shape {shape:?}")))?;
        let tensor = json!({ "dtype": name, "shape": shape, "data_offsets": [0, data] });
        let text = json!({ "tensor": tensor }).to_string();
        let mut header = (text.len() as u64).to_le_bytes().to_vec();
        header.extend(text.into_bytes());
        Ok(Self {
            header,
            data,
            position: 0,
            fill: Some(fill),
            filled: Ok(()),
            panic: None,
        })
    }

    /// Bytes of the header from the position on.
    fn read(&mut self, target: &mut [u8]) -> usize {
        let rest = self.header.get(self.position..).unwrap_or_default();
        let count = rest.len().min(target.len());
        target[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        count
    }

    /// The whole tensor. MLX is always told that all went well: what went wrong is kept, and told by whoever waits.
    fn read_tensor(&mut self, target: &mut [u8]) {
        let Some(fill) = self.fill.take() else {
            return;
        };
        in_large_pages(target);
        match catch_unwind(AssertUnwindSafe(|| fill(target))) {
            Ok(filled) => self.filled = filled,
            Err(panic) => self.panic = Some(panic),
        }
    }
}

/// Asks the system for large pages: memory that MLX has just got is not there before it is written to, and many small pages
/// take longer to come than they take to fill.
#[cfg(target_os = "linux")]
fn in_large_pages(target: &mut [u8]) {
    const PAGE: usize = 4096;
    let before = target.as_ptr().align_offset(PAGE);
    let length = target.len().saturating_sub(before) / PAGE * PAGE;
    if length >= LARGE {
        let start = target[before..].as_mut_ptr();
        // SAFETY: the range lies within `target`. How it is kept in memory changes nothing of what is in it, and that the
        // system has no such pages is no reason not to go on.
        unsafe {
            libc::madvise(start.cast(), length, libc::MADV_HUGEPAGE);
        }
    }
}

/// Less is not worth asking for.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 << 20;

/// Elsewhere the system knows by itself.
#[cfg(not(target_os = "linux"))]
fn in_large_pages(_: &mut [u8]) {}

/// The name of a type in safetensors files, and its bytes.
fn stored_as(dtype: Dtype) -> (&'static str, usize) {
    match dtype {
        Dtype::Bool => ("BOOL", 1),
        Dtype::Uint8 => ("U8", 1),
        Dtype::Uint16 => ("U16", 2),
        Dtype::Uint32 => ("U32", 4),
        Dtype::Uint64 => ("U64", 8),
        Dtype::Int8 => ("I8", 1),
        Dtype::Int16 => ("I16", 2),
        Dtype::Int32 => ("I32", 4),
        Dtype::Int64 => ("I64", 8),
        Dtype::Float16 => ("F16", 2),
        Dtype::Bfloat16 => ("BF16", 2),
        Dtype::Float32 | Dtype::Float64 => ("F32", 4),
        Dtype::Complex64 => ("C64", 8),
    }
}

/// Lets MLX load the tensor of `file`, and waits until it is there.
fn load(file: &mut VirtualFile) -> Result<Array> {
    let stream = match Backend::current()? {
        Backend::Cuda => Stream::thread_local_or_default(),
        Backend::Metal | Backend::Cpu => Stream::cpu(),
    };
    // SAFETY: the calls are those of mlx-c, with handles that it made, freed once each. `file` outlives the reader: MLX
    // lets go of it with the loader, which goes when the array has been evaluated or, if that fails, with the array.
    let array = unsafe {
        let reader = mlx_sys::mlx_io_reader_new(std::ptr::from_mut(file).cast(), VTABLE);
        let mut tensors = mlx_sys::mlx_map_string_to_array_new();
        let mut notes = mlx_sys::mlx_map_string_to_string_new();
        let mut tensor = mlx_sys::mlx_array_new();
        let told = mlx_sys::mlx_load_safetensors_reader(
            &raw mut tensors,
            &raw mut notes,
            reader,
            stream.as_ptr(),
        ) == 0
            && mlx_sys::mlx_map_string_to_array_get(&raw mut tensor, tensors, TENSOR.as_ptr()) == 0;
        mlx_sys::mlx_map_string_to_array_free(tensors);
        mlx_sys::mlx_map_string_to_string_free(notes);
        mlx_sys::mlx_io_reader_free(reader);
        let array = Array::from_ptr(tensor);
        if !told {
            return Err(Error::Other(
                "MLX gave no memory to read weights into".into(),
            ));
        }
        array
    };
    array.eval()?;
    Ok(array)
}

const VTABLE: mlx_sys::mlx_io_vtable = mlx_sys::mlx_io_vtable {
    is_open: Some(yes),
    good: Some(yes),
    tell: Some(tell),
    seek: Some(seek),
    read: Some(read),
    read_at_offset: Some(read_at_offset),
    write: None,
    label: Some(label),
    free: Some(free),
};

/// The file that mlx-c hands back.
///
/// # Safety
/// `file` is what [`load`] gave away, and no other reference to it is in use.
unsafe fn file<'a>(file: *mut c_void) -> &'a mut VirtualFile<'a> {
    // SAFETY: as the caller promises; the thread that made it waits in `load`.
    unsafe { &mut *file.cast() }
}

/// The memory that is to be filled.
///
/// # Safety
/// `data` has room for `count` bytes.
unsafe fn target<'a>(data: *mut c_char, count: usize) -> &'a mut [u8] {
    if data.is_null() || count == 0 {
        return &mut [];
    }
    // SAFETY: as the caller promises; every bit pattern is a byte.
    unsafe { std::slice::from_raw_parts_mut(data.cast(), count) }
}

unsafe extern "C" fn yes(_: *mut c_void) -> bool {
    true
}

unsafe extern "C" fn tell(desc: *mut c_void) -> usize {
    // SAFETY: mlx-c passes on what `load` gave it, one call at a time.
    unsafe { file(desc) }.position
}

unsafe extern "C" fn seek(desc: *mut c_void, offset: i64, whence: c_int) -> c_int {
    const FROM_END: c_int = 2;
    // SAFETY: as in `tell`.
    let file = unsafe { file(desc) };
    let from = match whence {
        0 => 0,
        FROM_END => file.header.len() + file.data,
        _ => file.position,
    };
    file.position = from.saturating_add_signed(offset as isize);
    0
}

unsafe extern "C" fn read(desc: *mut c_void, data: *mut c_char, count: usize) -> usize {
    // SAFETY: as in `tell`; MLX reads into memory of its own.
    unsafe { file(desc).read(target(data, count)) }
}

unsafe extern "C" fn read_at_offset(
    desc: *mut c_void,
    data: *mut c_char,
    count: usize,
    _offset: usize,
) -> usize {
    // SAFETY: as in `read`. Nothing but the whole tensor is ever read from an offset.
    unsafe { file(desc).read_tensor(target(data, count)) };
    count
}

unsafe extern "C" fn label(_: *mut c_void) -> *const c_char {
    c"a tensor".as_ptr()
}

unsafe extern "C" fn free(_: *mut c_void) {}
