//! Columns, their order and their types, as PgBouncer 1.25 has them: dashboards and exporters read them.

use crate::ground::{console, proxy};

/// PgBouncer's letters for types: s text, i int4, q int8, N numeric, T a time as text.
const EXPECTED: &[(&str, &str, &str)] = &[
    (
        "DATABASES",
        "ssissiiiissiiiiii",
        "name host port database force_user pool_size min_pool_size reserve_pool_size server_lifetime pool_mode load_balance_hosts \
         max_connections current_connections max_client_connections current_client_connections paused disabled",
    ),
    (
        "POOLS",
        "ssiiiiiiiiiiiiiss",
        "database user cl_active cl_waiting cl_active_cancel_req cl_waiting_cancel_req sv_active sv_active_cancel sv_being_canceled sv_idle \
         sv_used sv_tested sv_login maxwait maxwait_us pool_mode load_balance_hosts",
    ),
    ("CLIENTS", "ssssssisiTTiiississii", CONNECTION),
    ("SERVERS", "ssssssisiTTiiississii", CONNECTION),
    ("SOCKETS", "ssssssisiTTiiississiiiiiiiii", SOCKET),
    ("ACTIVE_SOCKETS", "ssssssisiTTiiississiiiiiiiii", SOCKET),
    ("STATS", "sNNNNNNNNNNNNNNNNNNNNNNNN", STATS),
    ("STATS_TOTALS", "sNNNNNNNNNNNN", BARE),
    ("STATS_AVERAGES", "sNNNNNNNNNNNN", BARE),
    ("TOTALS", "sN", "name value"),
    ("LISTS", "si", "list items"),
    ("CONFIG", "ssss", "key value default changeable"),
    (
        "USERS",
        "ssssiiii",
        "name pool_size reserve_pool_size pool_mode max_user_connections current_connections max_user_client_connections \
         current_client_connections",
    ),
    ("STATE", "ss", "key value"),
    ("MEM", "siiii", "name size used free memtotal"),
    ("VERSION", "s", "version"),
    ("PEERS", "isii", "peer_id host port pool_size"),
    ("PEER_POOLS", "iiiii", "peer_id cl_active_cancel_req cl_waiting_cancel_req sv_active_cancel sv_login"),
    ("DNS_HOSTS", "sqs", "hostname ttl addrs"),
    ("DNS_ZONES", "sqi", "zonename serial count"),
];

const CONNECTION: &str = "type user database replication state addr port local_addr local_port connect_time request_time wait wait_us \
    close_needed ptr link remote_pid tls application_name prepared_statements id";
const SOCKET: &str = "type user database replication state addr port local_addr local_port connect_time request_time wait wait_us \
    close_needed ptr link remote_pid tls application_name prepared_statements id recv_pos pkt_pos pkt_remain send_pos send_remain \
    pkt_avail send_avail";
const STATS: &str = "database total_server_assignment_count total_xact_count total_query_count total_received total_sent total_xact_time \
    total_query_time total_wait_time total_client_parse_count total_server_parse_count total_bind_count total_client_login_count \
    avg_server_assignment_count avg_xact_count avg_query_count avg_recv avg_sent avg_xact_time avg_query_time avg_wait_time \
    avg_client_parse_count avg_server_parse_count avg_bind_count avg_client_login_count";
const BARE: &str = "database server_assignment_count xact_count query_count bytes_received bytes_sent xact_time query_time wait_time \
    client_parse_count server_parse_count bind_count client_login_count";

#[tokio::test]
async fn pgbouncers_columns() {
    let proxy = proxy().await;
    let ops = console(&proxy, "ops").await;
    for (view, types, names) in EXPECTED {
        let statement = ops.prepare(&format!("SHOW {view}")).await.unwrap_or_else(|error| panic!("{view}: {error:?}"));
        let columns = statement.columns();
        let found: Vec<&str> = columns.iter().map(tokio_postgres::Column::name).collect();
        assert_eq!(found, names.split_whitespace().collect::<Vec<_>>(), "{view}");
        let found: Vec<&str> = columns.iter().map(|column| column.type_().name()).collect();
        let wanted = types.chars().map(|letter| match letter {
            's' | 'T' => "text",
            'i' => "int4",
            'q' => "int8",
            'N' => "numeric",
            other => panic!("{other}"),
        });
        assert_eq!(found, wanted.collect::<Vec<_>>(), "{view}");
        ops.query(&statement, &[]).await.unwrap_or_else(|error| panic!("{view}: {error:?}"));
    }
}
