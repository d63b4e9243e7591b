//! What is drawn. A view takes data, draws it and returns the [`Action`] that was asked for, if any;
//! it keeps nothing but where a moving thing was.
//!
//! A view is one file, or one folder where it has parts: a struct with what it shows, and a function
//! `show`. Colours and sizes are named in [`theme`], words in [`strings`].

pub mod action;
pub mod batch;
pub mod cell;
pub mod commands;
pub mod compose;
pub mod contact;
pub mod drop_target;
pub mod export;
pub mod fonts;
pub mod icons;
pub mod info;
pub mod language;
pub mod library;
pub mod models;
pub mod notice;
pub mod paint;
pub mod queue;
pub mod quick_look;
pub mod reel;
pub mod settings;
pub mod sheet;
pub mod shortcuts;
pub mod stage;
pub mod strings;
pub mod styles;
pub mod theme;
pub mod title_bar;
pub mod widget;

pub use action::Action;
