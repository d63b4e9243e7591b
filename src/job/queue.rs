//! A *queue* is the jobs that wait for the engine, in the order in which they will be made, and the
//! one that is at work. The engine is given one at a time, so that all others can still be changed.

use std::collections::VecDeque;

use super::{Command, JobHandle, Plan};

/// One job of the queue.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its number, and the way to reach it once it is at work.
    pub handle: JobHandle,
    /// What it makes.
    pub plan: Box<Plan>,
    /// Where it begins.
    pub start: Start,
}

/// Where a job begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With noise.
    Anew,
    /// With what its run folder has kept.
    WhereItWas,
}

/// Jobs in order.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Job>,
    at_work: Option<Job>,
    /// The number of the last job.
    last: u64,
}

impl Queue {
    /// A handle with a number that no other job has.
    pub fn new_handle(&mut self) -> JobHandle {
        self.last += 1;
        JobHandle::new(self.last)
    }

    /// Puts a job at the end, and hands out its handle.
    pub fn add(&mut self, plan: Box<Plan>, start: Start) -> JobHandle {
        let handle = self.new_handle();
        self.waiting.push_back(Job {
            handle: handle.clone(),
            plan,
            start,
        });
        handle
    }

    /// The command for the next job, when none is at work: from now on it is.
    pub fn begin_next(&mut self) -> Option<Command> {
        if self.at_work.is_some() {
            return None;
        }
        let job = self.at_work.insert(self.waiting.pop_front()?);
        let (handle, plan) = (job.handle.clone(), job.plan.clone());
        Some(match job.start {
            Start::Anew => Command::Generate(handle, plan),
            Start::WhereItWas => Command::Resume(handle, plan),
        })
    }

    /// The job at work has come to its end, whichever: it is handed over.
    pub fn end(&mut self, id: u64) -> Option<Job> {
        self.at_work.take_if(|job| job.handle.id == id)
    }

    /// Takes a job out if it still waits, or asks it to stop if it is at work: then its end is told
    /// by the engine.
    pub fn cancel(&mut self, id: u64) {
        self.waiting.retain(|job| job.handle.id != id);
        if let Some(job) = self.at_work.as_ref().filter(|job| job.handle.id == id) {
            job.handle.cancel();
        }
    }

    /// Moves a waiting job to this place among those that wait, or as near as there is one.
    pub fn move_to(&mut self, id: u64, place: usize) {
        let found = self.waiting.iter().position(|job| job.handle.id == id);
        if let Some(job) = found.and_then(|at| self.waiting.remove(at)) {
            self.waiting.insert(place.min(self.waiting.len()), job);
        }
    }

    /// The job at work.
    pub fn at_work(&self) -> Option<&Job> {
        self.at_work.as_ref()
    }

    /// The jobs that wait, the next one first.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Job> {
        self.waiting.iter()
    }

    /// Every job, the one at work first.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.at_work.iter().chain(&self.waiting)
    }
}
