// In place of libraries that @grafana/ui imports and no dashboard here uses.
module.exports = {};
