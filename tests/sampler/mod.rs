mod few_steps;
mod noise;
mod schedule;
mod trajectory;
