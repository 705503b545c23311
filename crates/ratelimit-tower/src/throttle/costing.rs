//! What a layer is told about costs.

use std::sync::Arc;

use http::{HeaderMap, StatusCode};

use super::layer::ThrottleLayer;
use crate::client::Outgoing;

impl ThrottleLayer {
    /// What a request costs, if not 1, of every unit that has no cost of
    /// [its own](Self::with_cost_of). A cost above the plan's burst is refused, not awaited.
    pub fn with_cost<F>(self, cost: F) -> Self
    where
        F: Fn(&Outgoing<'_>) -> u32 + Send + Sync + 'static,
    {
        self.set(|config| config.costs.each = Some(Arc::new(cost)))
    }

    /// What a request costs of one unit, as headers name it: `"tokens"`. A limit of a unit that has
    /// no cost, and is neither requests nor some kind of tokens, holds nobody back.
    ///
    /// # Panics
    /// If more than three units have a cost of their own.
    #[track_caller]
    pub fn with_cost_of<F>(mut self, unit: &str, cost: F) -> Self
    where
        F: Fn(&Outgoing<'_>) -> u32 + Send + Sync + 'static,
    {
        let costs = &mut Arc::make_mut(&mut self.config).costs;
        costs.estimate(unit, Arc::new(cost));
        self
    }

    /// What a request has really cost, where its response says so; instead of what was estimated, of
    /// every unit that has no cost of [its own](Self::with_actual_cost_of).
    pub fn with_actual_cost<F>(self, cost: F) -> Self
    where
        F: Fn(StatusCode, &HeaderMap) -> Option<u32> + Send + Sync + 'static,
    {
        self.set(|config| config.costs.actual_each = Some(Arc::new(cost)))
    }

    /// What a request has really cost of one unit, where its response says so.
    ///
    /// # Panics
    /// If more than three units have a cost of their own.
    #[track_caller]
    pub fn with_actual_cost_of<F>(mut self, unit: &str, cost: F) -> Self
    where
        F: Fn(StatusCode, &HeaderMap) -> Option<u32> + Send + Sync + 'static,
    {
        let costs = &mut Arc::make_mut(&mut self.config).costs;
        costs.true_up(unit, Arc::new(cost));
        self
    }
}
