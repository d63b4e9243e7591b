//! A *queue* is the jobs that wait for the engine, in the order in which they will be made, and the
//! one that is at work. The engine is given one at a time, so that all others can still be changed.

use std::collections::VecDeque;

use super::{Command, Plan, Ticket};

/// One job of the queue.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its number, and the way to reach it once it is at work.
    pub ticket: Ticket,
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
    /// A ticket with a number that no other job has.
    pub fn new_ticket(&mut self) -> Ticket {
        self.last += 1;
        Ticket::new(self.last)
    }

    /// Puts a job at the end, and hands out its ticket.
    pub fn add(&mut self, plan: Box<Plan>, start: Start) -> Ticket {
        let ticket = self.new_ticket();
        self.waiting.push_back(Job {
            ticket: ticket.clone(),
            plan,
            start,
        });
        ticket
    }

    /// The command for the next job, when none is at work: from now on it is.
    pub fn begin_next(&mut self) -> Option<Command> {
        if self.at_work.is_some() {
            return None;
        }
        let job = self.at_work.insert(self.waiting.pop_front()?);
        let (ticket, plan) = (job.ticket.clone(), job.plan.clone());
        Some(match job.start {
            Start::Anew => Command::Generate(ticket, plan),
            Start::WhereItWas => Command::Resume(ticket, plan),
        })
    }

    /// The job at work has come to its end, whichever: it is handed over.
    pub fn end(&mut self, id: u64) -> Option<Job> {
        self.at_work.take_if(|job| job.ticket.id == id)
    }

    /// Takes a job out if it still waits, or asks it to stop if it is at work: then its end is told
    /// by the engine.
    pub fn cancel(&mut self, id: u64) {
        self.waiting.retain(|job| job.ticket.id != id);
        if let Some(job) = self.at_work.as_ref().filter(|job| job.ticket.id == id) {
            job.ticket.cancel();
        }
    }

    /// Moves a waiting job to this place among those that wait, or as near as there is one.
    pub fn move_to(&mut self, id: u64, place: usize) {
        let found = self.waiting.iter().position(|job| job.ticket.id == id);
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
