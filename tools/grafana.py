#!/usr/bin/env python3
"""Writes docker/grafana/pgtenant.json: a dashboard is a list of panels, and so easier to change here than there."""

import json
import pathlib

SOURCE = {"type": "prometheus", "uid": "${source}"}
JOB = 'instance=~"$instance"'


def target(expression, legend):
    return {"datasource": SOURCE, "expr": expression, "legendFormat": legend}


class Page:
    def __init__(self):
        self.panels, self.y = [], 0

    def row(self, title):
        self.panels.append(
            {"id": len(self.panels) + 1, "type": "row", "title": title, "collapsed": False, "panels": [],
             "gridPos": {"h": 1, "w": 24, "x": 0, "y": self.y}})
        self.y += 1
        self.x = 0

    def add(self, title, kind, queries, unit="short", width=8, height=8, **options):
        if self.x + width > 24:
            self.x, self.y = 0, self.y + height
        targets = [target(expression, legend) for expression, legend in queries]
        for number, one in enumerate(targets):
            one["refId"] = chr(65 + number)
        panel = {"id": len(self.panels) + 1, "type": kind, "title": title, "datasource": SOURCE, "targets": targets,
                 "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                 "gridPos": {"h": height, "w": width, "x": self.x, "y": self.y}, "options": options.pop("options", {})}
        panel["fieldConfig"]["defaults"].update(options)
        self.panels.append(panel)
        self.x += width

    def next(self, height=8):
        self.x, self.y = 0, self.y + height


def dashboard():
    page = Page()
    grade = {"mappings": [{"type": "value", "options": {"0": {"text": "bad", "color": "red"}, "1": {"text": "poor", "color": "orange"},
                                                         "2": {"text": "good", "color": "green"}}}]}
    page.row("Is all well?")
    page.add("Proxies", "stat", [(f"pgtenant_health{{{JOB}}}", "{{instance}}")], width=6, height=5, **grade)
    page.add("Shards", "stat", [(f"min by (shard) (pgtenant_shard_health{{{JOB}}})", "{{shard}}")], width=6, height=5, **grade)
    page.add("Clients", "stat", [(f"sum(pgtenant_connections{{{JOB}}})", "clients")], width=4, height=5)
    page.add("Tenants with sessions", "stat", [(f"max(pgtenant_tenants_present{{{JOB}}})", "tenants")], width=4, height=5)
    page.add("Sessions that wait", "stat", [(f"sum(pgtenant_server_waiting_sessions{{{JOB}}})", "waiting")], width=4, height=5)
    page.next(5)
    page.add("Replica lag", "timeseries", [(f"max by (shard, server) (pgtenant_replica_lag_seconds{{{JOB}}})", "{{shard}} {{server}}")], "s")
    page.add("Server connections in use", "timeseries",
             [(f'sum by (shard, server) (pgtenant_server_connections{{{JOB},state="active"}})', "{{shard}} {{server}}")])
    page.add("Refusals", "timeseries", [(f"sum by (reason) (rate(pgtenant_refusals_total{{{JOB}}}[$__rate_interval])) > 0", "{{reason}}")], "reqps")
    page.next()
    page.row("How much, and how fast?")
    page.add("Work", "timeseries", [(f"sum(rate(pgtenant_statements_total{{{JOB}}}[$__rate_interval]))", "statements"),
                                    (f"sum(rate(pgtenant_transactions_total{{{JOB}}}[$__rate_interval]))", "transactions"),
                                    (f"sum(rate(pgtenant_errors_total{{{JOB}}}[$__rate_interval]))", "errors")], "ops")
    quantiles = [(f"histogram_quantile({share}, sum by (le) (rate(pgtenant_transaction_duration_seconds_bucket{{{JOB}}}[$__rate_interval])))",
                  f"p{share * 100:g}") for share in (0.5, 0.9, 0.99)]
    page.add("Transactions take", "timeseries", quantiles, "s")
    waits = [(query.replace("transaction_duration", "connection_wait_duration"), legend) for query, legend in quantiles]
    page.add("Who waits for a connection waits", "timeseries", waits, "s")
    page.next()
    page.add("Traffic", "timeseries", [(f"sum(rate(pgtenant_received_bytes_total{{{JOB}}}[$__rate_interval]))", "from clients"),
                                       (f"sum(rate(pgtenant_sent_bytes_total{{{JOB}}}[$__rate_interval]))", "to clients")], "Bps")
    page.add("Processor time", "timeseries", [(f"rate(process_cpu_seconds_total{{{JOB}}}[$__rate_interval])", "{{instance}}")], "percentunit")
    page.add("Memory", "timeseries", [(f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}")], "bytes")
    page.next()
    page.row("Who uses what?")
    top = "topk(10, sum by (tenant) (rate(pgtenant_tenant_{}_total{{" + JOB + "}}[$__rate_interval])))"
    page.add("Server time", "timeseries", [(top.format("server_seconds"), "{{tenant}}")], "percentunit", 12)
    page.add("Statements", "timeseries", [(top.format("statements"), "{{tenant}}")], "ops", 12)
    page.next()
    page.add("Refusals", "timeseries", [(top.format("refusals"), "{{tenant}}")], "ops", 12)
    page.add("Storage, of what is allowed", "bargauge",
             [(f"topk(10, max by (tenant) (pgtenant_tenant_storage_bytes{{{JOB}}} / pgtenant_tenant_storage_limit_bytes{{{JOB}}}))", "{{tenant}}")],
             "percentunit", 12, max=1)
    variables = [
        {"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"},
        {"name": "instance", "type": "query", "label": "Proxy", "datasource": SOURCE, "query": "label_values(pgtenant_build_info, instance)",
         "includeAll": True, "multi": True, "refresh": 2, "current": {"text": "All", "value": "$__all"}},
    ]
    return {"title": "pgtenant", "uid": "pgtenant", "schemaVersion": 39, "version": 1, "tags": ["postgresql"], "time": {"from": "now-1h", "to": "now"},
            "refresh": "30s", "editable": True, "templating": {"list": variables}, "panels": page.panels}


if __name__ == "__main__":
    folder = pathlib.Path(__file__).parent.parent / "docker" / "grafana"
    (folder / "pgtenant.json").write_text(json.dumps(dashboard(), indent=1) + "\n")
