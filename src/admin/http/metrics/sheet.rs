//! Families of metrics, one call each.

use std::fmt::Result;

use prometheus_client::{
    encoding::{DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, NoLabelSet},
    metrics::MetricType,
};

use crate::telemetry::spread::{STEPS, SpreadFigures};

/// What is written.
pub(super) struct Sheet<'e>(DescriptorEncoder<'e>);

/// Names and values.
pub(super) type Labels<'l> = &'l [(&'l str, &'l str)];

impl<'e> Sheet<'e> {
    pub(super) fn new(encoder: DescriptorEncoder<'e>) -> Self {
        Sheet(encoder)
    }

    /// A gauge without labels.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: impl EncodeGaugeValue) -> Result {
        self.0.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)
    }

    /// A counter without labels; `_total` is added to its name.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: impl EncodeCounterValue) -> Result {
        self.0.encode_descriptor(name, help, None, MetricType::Counter)?.encode_counter::<NoLabelSet, _, f64>(&value, None)
    }

    /// A gauge for each of several.
    pub(super) fn gauges<T, V: EncodeGaugeValue>(
        &mut self,
        (name, help): (&str, &str),
        of: &[T],
        each: impl Fn(&T, &mut dyn FnMut(Labels<'_>, V) -> Result) -> Result,
    ) -> Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        of.iter().try_for_each(|one| each(one, &mut |labels, value| family.encode_family(&labels)?.encode_gauge(&value)))
    }

    /// A counter for each of several.
    pub(super) fn counters<T, V: EncodeCounterValue>(
        &mut self,
        (name, help): (&str, &str),
        of: &[T],
        each: impl Fn(&T, &mut dyn FnMut(Labels<'_>, V) -> Result) -> Result,
    ) -> Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        of.iter().try_for_each(|one| {
            each(one, &mut |labels, value| family.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(&value, None))
        })
    }

    /// Durations.
    pub(super) fn durations(&mut self, name: &str, help: &str, figures: &SpreadFigures) -> Result {
        let mut buckets: Vec<(f64, u64)> = STEPS.iter().zip(figures.steps).map(|(end, count)| (f64::from(*end) / 1e6, count)).collect();
        // The last one has no end.
        buckets.push((f64::MAX, figures.count - figures.steps.iter().sum::<u64>()));
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Histogram)?;
        family.encode_histogram::<NoLabelSet>(figures.micros as f64 / 1e6, figures.count, &buckets, None)
    }
}
