mod noise;
mod schedule;
mod trajectory;
