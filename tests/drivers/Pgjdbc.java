// pgjdbc: named statements after 5 executions, batches, COPY, cancel and time-out, its pool, LISTEN.
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyManager;
import org.postgresql.ds.PGPoolingDataSource;

/** Each step is counted on its own, so that one refusal doesn't hide the rest. */
@SuppressWarnings("deprecation") // its pool: nobody should use it, but it is the driver's own
public final class Pgjdbc {
    private static final String TABLE = "drv_pgjdbc_items";
    private static final int QUERIES = 200;
    private static final int POOL = 20;
    private static final double CANCEL_SECONDS = 2.0;

    private interface Step {
        void run() throws Exception;
    }

    private interface Body {
        void run(Connection db) throws Exception;
    }

    private static int passed;
    private static int failed;

    public static void main(String[] arguments) {
        step("connect and create a table", Pgjdbc::prepare);
        step("a transaction is committed, another rolled back, a savepoint too", Pgjdbc::transactions);
        step("a statement becomes a named one, on connections that take turns", Pgjdbc::prepared);
        step("a cursor fetches in parts", Pgjdbc::cursor);
        step("COPY in and out, a batch, and a COPY in that fails midway", Pgjdbc::bulk);
        step("a cancel and a time-out end a running statement, the connection goes on", Pgjdbc::cancel);
        step("200 queries at once through its pool", Pgjdbc::pool);
        step("LISTEN hears NOTIFY", Pgjdbc::listen);
        step("a prepared statement whose table is altered gets the new shape", Pgjdbc::alteredTable);
        step("an error in a batch, what follows runs", Pgjdbc::batch);
        step("20 MB of text there and back", Pgjdbc::large);
        step("drop the table", () -> with(db -> execute(db, "DROP TABLE " + TABLE)));
        System.out.printf("pgjdbc %s: %d passed, %d failed%n", org.postgresql.Driver.class.getPackage().getImplementationVersion(), passed, failed);
        System.exit(failed == 0 ? 0 : 1);
    }

    private static void step(String name, Step body) {
        long began = System.nanoTime();
        try {
            body.run();
            passed++;
            System.out.printf("  ok    %s (%.2f s)%n", name, (System.nanoTime() - began) / 1e9);
        } catch (Throwable error) {
            failed++;
            System.out.printf("  FAIL  %s%n        %s%n", name, error);
            for (StackTraceElement place : error.getStackTrace()) {
                if (place.getClassName().equals("Pgjdbc")) {
                    System.out.printf("        at %s%n", place);
                }
            }
        }
    }

    // --- steps ---

    private static void prepare() throws Exception {
        with(db -> {
            execute(db, "DROP TABLE IF EXISTS " + TABLE);
            execute(db, "CREATE TABLE " + TABLE + " (id int PRIMARY KEY, name text NOT NULL)");
            expect(value(db, "SHOW application_name"), "drv_pgjdbc");
        });
    }

    private static void transactions() throws Exception {
        with(db -> {
            db.setAutoCommit(false);
            execute(db, "INSERT INTO " + TABLE + " VALUES (1, 'kept')");
            var savepoint = db.setSavepoint("drv");
            expectState("22012", () -> execute(db, "SELECT 1/0"));
            db.rollback(savepoint);
            db.commit();
            execute(db, "INSERT INTO " + TABLE + " VALUES (2, 'gone')");
            db.rollback();
            db.setReadOnly(true);
            expectState("25006", () -> execute(db, "INSERT INTO " + TABLE + " VALUES (3, 'read only')"));
            db.rollback();
            db.setReadOnly(false);
            db.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            expect(value(db, "SHOW transaction_isolation"), "serializable");
            db.commit();
            expect(value(db, "SELECT string_agg(id || name, ',') FROM " + TABLE), "1kept");
        });
    }

    private static void prepared() throws Exception {
        with(one -> with(two -> {
            // setInt binds int4 in binary once the statement is a named one.
            try (PreparedStatement plusOne = one.prepareStatement("SELECT ? + 1"); PreparedStatement plusTwo = two.prepareStatement("SELECT ? + 2")) {
                for (int number = 0; number < 20; number++) {
                    expect(ask(plusOne, number), number + 1);
                    expect(ask(plusTwo, number), number + 2);
                }
                one.setAutoCommit(false);
                two.setAutoCommit(false);
                expect(ask(plusTwo, 5), 7);
                expect(ask(plusOne, 5), 6);
                two.commit();
                one.commit();
            }
            // More statements than the driver keeps: it closes the oldest.
            one.setAutoCommit(true);
            for (int round = 0; round < 2; round++) {
                for (int number = 0; number < 300; number++) {
                    try (PreparedStatement statement = one.prepareStatement("SELECT ? + " + number)) {
                        ((org.postgresql.PGStatement) statement).setPrepareThreshold(1);
                        expect(ask(statement, 1), number + 1);
                    }
                }
            }
        }));
    }

    private static void cursor() throws Exception {
        with(db -> {
            db.setAutoCommit(false);
            try (PreparedStatement statement = db.prepareStatement("SELECT n FROM generate_series(1, 100) n")) {
                statement.setFetchSize(30);
                int sum = 0;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        sum += rows.getInt(1);
                        if (rows.getRow() == 40) {
                            // Another statement while the portal is open.
                            expect(value(db, "SELECT 'between'"), "between");
                        }
                    }
                }
                expect(sum, 5050);
            }
            db.commit();
        });
    }

    private static void bulk() throws Exception {
        with(db -> {
            execute(db, "TRUNCATE " + TABLE);
            CopyManager copy = db.unwrap(PGConnection.class).getCopyAPI();
            expect(copy.copyIn("COPY " + TABLE + " FROM STDIN", new StringReader(lines(0, 10_000))), 10_000L);
            StringWriter out = new StringWriter();
            copy.copyOut("COPY (SELECT id FROM " + TABLE + " ORDER BY id) TO STDOUT", out);
            expect(out.toString().lines().mapToLong(Long::parseLong).sum(), 49_995_000L);
            db.setAutoCommit(false);
            try (PreparedStatement insert = db.prepareStatement("INSERT INTO " + TABLE + " VALUES (?, ?)")) {
                for (int number = 10_000; number < 12_000; number++) {
                    insert.setInt(1, number);
                    insert.setString(2, "batch");
                    insert.addBatch();
                }
                expect(IntStream.of(insert.executeBatch()).sum(), 2_000);
            }
            db.commit();
            db.setAutoCommit(true);
            expectState("23505", () -> copy.copyIn("COPY " + TABLE + " FROM STDIN", new StringReader(lines(11_990, 20_000))));
            expect(value(db, "SELECT count(*) FROM " + TABLE), "12000");
        });
    }

    private static void cancel() throws Exception {
        with(db -> {
            try (Statement statement = db.createStatement()) {
                long[] asked = {0};
                Thread canceller = new Thread(() -> {
                    try {
                        Thread.sleep(300);
                        asked[0] = System.nanoTime();
                        statement.cancel();
                    } catch (InterruptedException | SQLException error) {
                        System.out.println("        cancel: " + error);
                    }
                });
                canceller.start();
                expectState("57014", () -> statement.execute("SELECT pg_sleep(30)"));
                double took = (System.nanoTime() - asked[0]) / 1e9;
                expect(took < CANCEL_SECONDS ? "in time" : "after " + took + " s", "in time");
                canceller.join();
                expect(value(db, "SELECT 1"), "1");
                statement.setQueryTimeout(1);
                expectState("57014", () -> statement.execute("SELECT pg_sleep(30)"));
                expect(value(db, "SELECT 2"), "2");
            }
        });
    }

    private static void pool() throws Exception {
        PGPoolingDataSource connections = new PGPoolingDataSource();
        connections.setDataSourceName("drv_pgjdbc");
        connections.setServerNames(new String[] {environment("PGHOST", "127.0.0.1")});
        connections.setPortNumbers(new int[] {Integer.parseInt(environment("PGPORT", "5432"))});
        connections.setDatabaseName(environment("PGDATABASE", environment("PGUSER", "")));
        connections.setUser(environment("PGUSER", ""));
        connections.setPassword(environment("PGPASSWORD", ""));
        connections.setMaxConnections(POOL);
        ExecutorService threads = Executors.newFixedThreadPool(QUERIES);
        List<Future<Integer>> answers = new ArrayList<>();
        for (int number = 0; number < QUERIES; number++) {
            int wanted = number;
            answers.add(threads.submit(() -> {
                try (Connection db = connections.getConnection(); PreparedStatement statement = db.prepareStatement("SELECT ?::int FROM pg_sleep(0.01)")) {
                    return ask(statement, wanted);
                }
            }));
        }
        for (int number = 0; number < QUERIES; number++) {
            expect(answers.get(number).get(), number);
        }
        threads.shutdown();
        connections.close();
    }

    private static void listen() throws Exception {
        with(listener -> with(speaker -> {
            execute(listener, "LISTEN drv_pgjdbc");
            expect(value(listener, "SELECT 1"), "1");
            execute(speaker, "NOTIFY drv_pgjdbc, 'hello'");
            PGNotification[] heard = listener.unwrap(PGConnection.class).getNotifications(5_000);
            expect(heard == null || heard.length == 0 ? "nothing" : heard[0].getParameter(), "hello");
        }));
    }

    private static void alteredTable() throws Exception {
        with(db -> {
            execute(db, "DECLARE drv_same_server_connection CURSOR WITH HOLD FOR SELECT 1");
            String sql = "SELECT * FROM " + TABLE + " WHERE id = ?";
            try (PreparedStatement statement = db.prepareStatement(sql)) {
                for (int round = 0; round < 10; round++) {
                    expect(row(statement, 1), "1|name 1");
                }
                execute(db, "ALTER TABLE " + TABLE + " ADD COLUMN extra int DEFAULT 7");
                // In autocommit the driver prepares again by itself when it's told 0A000.
                expect(row(statement, 1), "1|name 1|7");
                execute(db, "ALTER TABLE " + TABLE + " DROP COLUMN extra");
                expect(row(statement, 1), "1|name 1");
            }
        });
    }

    private static void batch() throws Exception {
        with(db -> {
            db.setAutoCommit(false);
            try (PreparedStatement insert = db.prepareStatement("INSERT INTO " + TABLE + " VALUES (?, 'x')")) {
                for (int id : new int[] {50_000, 50_001, 1, 50_002}) {
                    insert.setInt(1, id);
                    insert.addBatch();
                }
                try {
                    insert.executeBatch();
                    throw new AssertionError("a duplicate key was taken");
                } catch (BatchUpdateException error) {
                    expect(error.getSQLState(), "23505");
                }
                db.rollback();
                insert.setInt(1, 50_003);
                expect(insert.executeUpdate(), 1);
                db.commit();
            }
            expect(value(db, "SELECT count(*) FROM " + TABLE + " WHERE id >= 50000"), "1");
            db.commit();
            db.setAutoCommit(true);
            expectState("22012", () -> execute(db, "SELECT 1; SELECT 1/0; SELECT 2"));
            expect(value(db, "SELECT 3"), "3");
        });
    }

    private static void large() throws Exception {
        String value = IntStream.range(0, 1_050_000).mapToObj(number -> String.format("%07d ä€😀|", number)).collect(Collectors.joining());
        with(db -> {
            try (PreparedStatement statement = db.prepareStatement("SELECT ?::text")) {
                statement.setString(1, value);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    expect(rows.getString(1).equals(value), true);
                }
            }
        });
    }

    // --- what the steps are written in ---

    private static String environment(String name, String otherwise) {
        return Objects.requireNonNullElse(System.getenv(name), otherwise);
    }

    private static void with(Body body) throws Exception {
        Properties options = new Properties();
        options.setProperty("user", environment("PGUSER", ""));
        options.setProperty("password", environment("PGPASSWORD", ""));
        options.setProperty("ApplicationName", "drv_pgjdbc");
        String database = environment("PGDATABASE", environment("PGUSER", ""));
        String url = "jdbc:postgresql://" + environment("PGHOST", "127.0.0.1") + ":" + environment("PGPORT", "5432") + "/" + database;
        try (Connection db = DriverManager.getConnection(url, options)) {
            body.run(db);
        }
    }

    private static void execute(Connection db, String sql) throws SQLException {
        try (Statement statement = db.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(Connection db, String sql) throws SQLException {
        try (Statement statement = db.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static int ask(PreparedStatement statement, int parameter) throws SQLException {
        statement.setInt(1, parameter);
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static String row(PreparedStatement statement, int parameter) throws SQLException {
        statement.setInt(1, parameter);
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            List<String> fields = new ArrayList<>();
            for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                fields.add(rows.getString(column));
            }
            return String.join("|", fields);
        }
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> number + "\tname " + number + "\n").collect(Collectors.joining());
    }

    private static void expect(Object found, Object wanted) {
        if (!Objects.equals(found, wanted)) {
            throw new AssertionError("found " + found + ", wanted " + wanted);
        }
    }

    private static void expectState(String state, Step body) throws Exception {
        try {
            body.run();
        } catch (SQLException error) {
            expect(error.getSQLState(), state);
            return;
        }
        throw new AssertionError("no error, wanted " + state);
    }
}
