//! An unpickler that can only build tensors.
//!
//! A pickle is a program for a small stack machine. Python's own machine can call any function that the pickle names;
//! this one knows no functions, only the few objects of [`object`](super::object), and refuses a pickle that asks for
//! more. Everything it makes is paid for by bytes of the pickle, so a small file cannot ask for much memory.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::input::Input;
use super::object::{Global, Id, Object, Storage, Tensor, damaged, excerpt};

/// More than any checkpoint has: a tensor takes about twenty.
const MOST_OBJECTS: usize = 1 << 20;

/// Names under which training programs wrap the dictionary of tensors.
const WRAPPERS: [&str; 5] = ["state_dict", "model", "module", "params_ema", "params"];

/// How many dictionaries may lie within each other.
const DEEPEST: usize = 5;
/// How long all names of what lies in dictionaries within each other may be together.
const MOST_LETTERS: usize = 1 << 24;

/// A tensor under its name.
type Named = (Rc<str>, Rc<Tensor>);

/// The tensors of the dictionary that the pickle builds. The error continues a sentence that the file's path begins.
pub(super) fn tensors(pickle: &[u8]) -> Result<Vec<Named>, String> {
    let mut machine = Machine {
        input: Input(pickle),
        heap: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    let mut top = machine.run()?;
    // A wrapper may be wrapped in turn, but not for long.
    for _ in 0..=2 {
        let Some(inner) = machine.wrapped(top) else {
            break;
        };
        top = inner;
    }
    let found = machine.all_within(top)?;
    if found.is_empty() {
        return Err("holds no dictionary of tensors".into());
    }
    named_once(found)
}

/// The tensors, if no two have the same name. A pickle can repeat a long name in a few bytes, so that this is asked
/// before any name is copied.
fn named_once(tensors: Vec<Named>) -> Result<Vec<Named>, String> {
    let mut names = HashSet::new();
    match tensors.iter().find(|(name, _)| !names.insert(name)) {
        Some((name, _)) => Err(damaged(&format!("has {} twice", excerpt(name)))),
        None => Ok(tensors),
    }
}

struct Machine<'a> {
    input: Input<'a>,
    heap: Vec<Object>,
    stack: Vec<Id>,
    /// Heights of the stack at which lists of arguments begin.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl Machine<'_> {
    /// Runs the program and gives what it leaves behind.
    fn run(&mut self) -> Result<Id, String> {
        loop {
            let code = self.input.byte()?;
            if code == b'.' {
                return self.pop();
            }
            if !(self.literal(code)?
                || self.container(code)?
                || self.memory(code)?
                || self.call(code)?)
            {
                return Err(damaged(&format!(
                    "uses the instruction {code:#04x}, which no checkpoint needs"
                )));
            }
        }
    }

    /// Instructions that push a simple value, and those that say nothing.
    fn literal(&mut self, code: u8) -> Result<bool, String> {
        let value = match code {
            0x80 => return self.input.take(1).map(|_| true), // PROTO
            0x95 => return self.input.take(8).map(|_| true), // FRAME
            b'N' | 0x88 | 0x89 => Object::Other,             // NONE, NEWTRUE, NEWFALSE
            b'G' => self.input.take(8).map(|_| Object::Other)?, // BINFLOAT
            b'K' => Object::Number(self.input.signed(1)? & 0xff), // BININT1
            b'M' => Object::Number(self.input.signed(2)? & 0xffff), // BININT2
            b'J' => Object::Number(self.input.signed(4)?),   // BININT
            0x8a => self.long()?,                            // LONG1
            0x8c | b'U' => self.word(1)?,                    // SHORT_BINUNICODE, SHORT_BINSTRING
            b'X' | b'T' => self.word(4)?,                    // BINUNICODE, BINSTRING
            0x8d => self.word(8)?,                           // BINUNICODE8
            _ => return Ok(false),
        };
        self.push(value)?;
        Ok(true)
    }

    /// Instructions that make or fill tuples, lists and dictionaries.
    fn container(&mut self, code: u8) -> Result<bool, String> {
        match code {
            b'(' => self.marks.push(self.stack.len()), // MARK
            b')' => self.push(Object::Tuple(Vec::new()))?,
            b']' => self.push(Object::List(Vec::new()))?,
            b'}' => self.push(Object::Dict(Vec::new()))?,
            b't' => {
                let items = self.pop_to_mark()?; // TUPLE
                self.push(Object::Tuple(items))?;
            }
            0x85..=0x87 => {
                let items = self.pop_many(usize::from(code - 0x84))?; // TUPLE1, TUPLE2, TUPLE3
                self.push(Object::Tuple(items))?;
            }
            b's' => {
                let pair = self.pop_many(2)?; // SETITEM
                self.set_items(&pair)?;
            }
            b'u' => {
                let pairs = self.pop_to_mark()?; // SETITEMS
                self.set_items(&pairs)?;
            }
            b'a' => {
                let item = self.pop_many(1)?; // APPEND
                self.append(item)?;
            }
            b'e' => {
                let items = self.pop_to_mark()?; // APPENDS
                self.append(items)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Instructions that remember what is on top of the stack, or fetch it back.
    fn memory(&mut self, code: u8) -> Result<bool, String> {
        match code {
            b'q' | b'r' | 0x94 => {
                let slot = match code {
                    b'q' => self.input.unsigned(1)?, // BINPUT
                    b'r' => self.input.unsigned(4)?, // LONG_BINPUT
                    _ => self.memo.len() as u64,     // MEMOIZE
                };
                let top = self.top()?;
                if self.memo.len() == MOST_OBJECTS {
                    return Err(damaged("is far longer than a list of tensors"));
                }
                self.memo.insert(slot, top);
            }
            b'h' | b'j' => {
                let slot = self.input.unsigned(if code == b'h' { 1 } else { 4 })?; // BINGET, LONG_BINGET
                let id = *self
                    .memo
                    .get(&slot)
                    .ok_or_else(|| damaged("fetches what it never stored"))?;
                self.stack.push(id);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Instructions with which Python's machine would run code.
    fn call(&mut self, code: u8) -> Result<bool, String> {
        match code {
            b'c' => {
                let (module, name) = (self.input.line()?, self.input.line()?); // GLOBAL
                self.push(Object::Global(Global::named(module, name)?))?;
            }
            0x93 => {
                let names = self.pop_many(2)?; // STACK_GLOBAL
                let global = match names
                    .iter()
                    .map(|&id| self.text(id))
                    .collect::<Vec<_>>()
                    .as_slice()
                {
                    [Some(module), Some(name)] => Global::named(module, name)?,
                    _ => return Err(damaged("names a class without words")),
                };
                self.push(Object::Global(global))?;
            }
            b'Q' => {
                let id = self.pop()?; // BINPERSID
                let storage = Storage::named(&self.heap, id)
                    .ok_or_else(|| damaged("names a storage wrongly"))?;
                self.push(Object::Storage(storage.into()))?;
            }
            b'R' => self.reduce()?,
            b'b' => {
                self.pop()?; // BUILD: the attributes of a dictionary, such as `_metadata`, do not matter
                let top = self.top()?;
                if !matches!(self.heap.get(top), Some(Object::Dict(_))) {
                    return Err(damaged(
                        "gives attributes to something that is no dictionary",
                    ));
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// REDUCE: a call with arguments. What it would return is built here instead.
    fn reduce(&mut self) -> Result<(), String> {
        let &[function, arguments] = self.pop_many(2)?.as_slice() else {
            return Err(damaged("calls nothing"));
        };
        let (Some(Object::Global(function)), Some(Object::Tuple(arguments))) =
            (self.heap.get(function), self.heap.get(arguments))
        else {
            return Err(damaged("calls something that is no function"));
        };
        match (function, arguments.as_slice()) {
            (Global::OrderedDict, []) => self.push(Object::Dict(Vec::new())),
            (Global::RebuildTensor, arguments) => {
                let tensor = Tensor::rebuilt(&self.heap, arguments)
                    .ok_or_else(|| damaged("describes a tensor wrongly"))?;
                self.push(Object::Tensor(tensor.into()))
            }
            (Global::RebuildParameter, &[data, ..]) => {
                self.stack.push(data);
                Ok(())
            }
            _ => Err(damaged("calls something in a way that no checkpoint needs")),
        }
    }

    fn set_items(&mut self, flat: &[Id]) -> Result<(), String> {
        let top = self.top()?;
        match self.heap.get_mut(top) {
            Some(Object::Dict(pairs)) if flat.len().is_multiple_of(2) => {
                pairs.extend(flat.chunks_exact(2).map(|pair| (pair[0], pair[1])));
                Ok(())
            }
            _ => Err(damaged("fills something that is no dictionary")),
        }
    }

    fn append(&mut self, more: Vec<Id>) -> Result<(), String> {
        let top = self.top()?;
        match self.heap.get_mut(top) {
            Some(Object::List(items)) => {
                items.extend(more);
                Ok(())
            }
            _ => Err(damaged("appends to something that is no list")),
        }
    }

    /// LONG1: a number of up to 8 bytes.
    fn long(&mut self) -> Result<Object, String> {
        let length = usize::from(self.input.byte()?);
        if length > 8 {
            return Err(damaged("has a number too large for anything"));
        }
        Ok(Object::Number(self.input.signed(length)?))
    }

    /// A string whose length is written in `length` bytes before it.
    fn word(&mut self, length: usize) -> Result<Object, String> {
        let length = usize::try_from(self.input.unsigned(length)?).unwrap_or(usize::MAX);
        let bytes = self.input.take(length)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Object::Text(text.into())),
            Err(_) => Err(damaged("has a name that is no text")),
        }
    }

    fn push(&mut self, object: Object) -> Result<(), String> {
        if self.heap.len() == MOST_OBJECTS {
            return Err(damaged("is far longer than a list of tensors"));
        }
        self.stack.push(self.heap.len());
        self.heap.push(object);
        Ok(())
    }

    fn top(&self) -> Result<Id, String> {
        self.stack
            .last()
            .copied()
            .ok_or_else(|| damaged("takes what it never made"))
    }

    fn pop(&mut self) -> Result<Id, String> {
        self.stack
            .pop()
            .ok_or_else(|| damaged("takes what it never made"))
    }

    /// The topmost `count`, in the order in which they were pushed.
    fn pop_many(&mut self, count: usize) -> Result<Vec<Id>, String> {
        let rest = self
            .stack
            .len()
            .checked_sub(count)
            .ok_or_else(|| damaged("takes what it never made"))?;
        Ok(self.stack.split_off(rest))
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Id>, String> {
        match self.marks.pop() {
            Some(mark) if mark <= self.stack.len() => Ok(self.stack.split_off(mark)),
            _ => Err(damaged("ends a list that it never began")),
        }
    }

    fn text(&self, id: Id) -> Option<Rc<str>> {
        match self.heap.get(id)? {
            Object::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// What a dictionary has under the name of a wrapper, if that is a dictionary.
    fn wrapped(&self, top: Id) -> Option<Id> {
        let pairs = self.pairs(top)?;
        let is_wrapper = |key: Id| self.text(key).is_some_and(|key| WRAPPERS.contains(&&*key));
        let mut inner = pairs.iter().filter(|(key, _)| is_wrapper(*key));
        let (_, inner) = inner.find(|(_, value)| self.pairs(*value).is_some())?;
        Some(*inner)
    }

    fn pairs(&self, id: Id) -> Option<&[(Id, Id)]> {
        match self.heap.get(id)? {
            Object::Dict(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// The tensors of a dictionary and, after a dot, those of the dictionaries in it: copies of a network that were
    /// saved together, and what an optimizer keeps.
    fn all_within(&self, top: Id) -> Result<Vec<Named>, String> {
        let mut found = Vec::new();
        let mut letters = 0;
        // Level by level, and few of them: dictionaries may hold each other.
        let mut level = vec![(String::new(), top)];
        for _ in 0..DEEPEST {
            let mut next = Vec::new();
            for (place, dict) in level {
                for &(key, value) in self.pairs(dict).unwrap_or_default() {
                    if place.is_empty()
                        && let Some(tensor) = self.tensor((key, value))
                    {
                        found.push(tensor);
                        continue;
                    }
                    let Some(name) = self.key(key) else { continue };
                    let name = if place.is_empty() {
                        name
                    } else {
                        format!("{place}.{name}")
                    };
                    letters += name.len();
                    if letters > MOST_LETTERS {
                        return Err(damaged("names more than any checkpoint"));
                    }
                    match self.heap.get(value) {
                        Some(Object::Tensor(tensor)) => found.push((name.into(), tensor.clone())),
                        Some(Object::Dict(_)) => next.push((name, value)),
                        _ => {}
                    }
                }
            }
            level = next;
        }
        Ok(found)
    }

    /// A name or number under which a dictionary has something.
    fn key(&self, id: Id) -> Option<String> {
        match self.heap.get(id)? {
            Object::Text(text) => Some(text.to_string()),
            Object::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// An item of a dictionary, if it is a tensor with a name.
    fn tensor(&self, (key, value): (Id, Id)) -> Option<Named> {
        match self.heap.get(value)? {
            Object::Tensor(tensor) => Some((self.text(key)?, tensor.clone())),
            _ => None,
        }
    }
}
