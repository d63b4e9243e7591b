//! What jobs are about, in words: stages, savings, refusals and problems, a table for each language.
//!
//! Nobody above says any of it in words of its own: the command line and the errors use [`english`], the window the
//! language that it is in. Both files have the same functions, and a new variant is missed by the compiler in both.

pub mod chinese;
pub mod english;
