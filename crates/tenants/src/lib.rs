//! What operators do with many organizations at once. So far: [`doctor`], which looks at a deployment from outside.

pub mod doctor;
pub mod web;
