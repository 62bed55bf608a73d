import io.siddhi.core.SiddhiAppRuntime;
import io.siddhi.core.SiddhiManager;
import io.siddhi.core.event.Event;
import io.siddhi.core.stream.input.InputHandler;
import io.siddhi.core.stream.output.StreamCallback;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Runs one workload in one mode on Java Siddhi, told what to do by lines on standard input. The
 * protocol is that of `benches/src/child.rs`, where it is described; both engines speak it.
 */
public final class Rival {
    /** The timestamp of the first event. */
    private static final long START = 1_000_000;

    private final BufferedReader commands = new BufferedReader(
            new InputStreamReader(System.in, StandardCharsets.UTF_8), 1 << 16);
    private InputHandler input;
    private Sum sum;
    private String[] types;
    private boolean batched;
    private int batch;
    private long step;
    private long clock = START;
    private int cursor;
    private Object[][] singles;
    private Event[][] batches;

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
        // Whatever else prints must not be taken for an answer.
        System.setOut(System.err);
        new Rival().serve(out);
        Runtime.getRuntime().halt(0);
    }

    private void serve(PrintStream out) throws IOException {
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String answer;
            try {
                answer = "ok " + answer(line.split(" "));
            } catch (Throwable t) {
                answer = "error " + String.valueOf(t).replaceAll("\\s+", " ");
            }
            out.println(answer);
        }
    }

    private String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "start": return start(words);
            case "fill": {
                use(read(Integer.parseInt(words[1])));
                send(Long.parseLong(words[1]));
                return words[1];
            }
            case "load": {
                use(read(Integer.parseInt(words[1])));
                return words[1];
            }
            case "check": {
                sum.reset();
                send(Long.parseLong(words[1]));
                return sum.rows + " " + sum.total();
            }
            case "round": {
                sum.reset();
                long nanos = send(Long.parseLong(words[1]));
                return nanos + " " + sum.rows;
            }
            case "latency": return latency(Integer.parseInt(words[1]));
            default: throw new IllegalArgumentException(words[0]);
        }
    }

    /** start MODE BATCH STREAM TYPES OUTPUT COLUMN STEP APP_LINES, then those lines. */
    private String start(String[] words) throws Exception {
        batched = words[1].equals("batch");
        batch = Integer.parseInt(words[2]);
        types = words[4].split(",");
        step = Long.parseLong(words[7]);
        StringBuilder app = new StringBuilder();
        for (int n = Integer.parseInt(words[8]); n > 0; n--) { app.append(line()).append('\n'); }

        long before = System.nanoTime();
        SiddhiAppRuntime runtime = new SiddhiManager().createSiddhiAppRuntime(app.toString());
        sum = new Sum(Integer.parseInt(words[6]));
        runtime.addCallback(words[5], sum);
        input = runtime.getInputHandler(words[3]);
        runtime.start();
        return String.valueOf((System.nanoTime() - before) / 1e9);
    }

    private String line() throws IOException {
        String line = commands.readLine();
        if (line == null) { throw new EOFException(); }
        return line;
    }

    private Object[][] read(int count) throws IOException {
        Object[][] events = new Object[count][];
        for (int i = 0; i < count; i++) {
            String[] values = line().split("\t");
            events[i] = new Object[types.length];
            for (int k = 0; k < types.length; k++) {
                switch (types[k]) {
                    case "long": events[i][k] = Long.valueOf(values[k]); break;
                    case "double": events[i][k] = Double.valueOf(values[k]); break;
                    default: events[i][k] = values[k];
                }
            }
        }
        return events;
    }

    /** Makes these the events that are sent, over and over, from the first. */
    private void use(Object[][] events) {
        cursor = 0;
        if (!batched) {
            singles = events;
            return;
        }
        batches = new Event[(events.length + batch - 1) / batch][];
        for (int b = 0; b < batches.length; b++) {
            int from = b * batch;
            batches[b] = new Event[Math.min(batch, events.length - from)];
            for (int i = 0; i < batches[b].length; i++) { batches[b][i] = new Event(0, events[from + i]); }
        }
    }

    /** Sends this many events, whole batches in batch mode; gives the nanoseconds spent in sending. */
    private long send(long events) throws InterruptedException {
        return batched ? sendBatches(events) : sendSingles(events);
    }

    private long sendSingles(long events) throws InterruptedException {
        long before = System.nanoTime();
        for (long n = 0; n < events; n++) {
            input.send(clock, singles[cursor]);
            clock += step;
            cursor = cursor + 1 == singles.length ? 0 : cursor + 1;
        }
        return System.nanoTime() - before;
    }

    private long sendBatches(long events) throws InterruptedException {
        long nanos = 0;
        for (long left = events; left > 0;) {
            // The events of one pass get their timestamps before the clock runs.
            int first = cursor;
            long stamped = 0;
            int end = first;
            while (end < batches.length && stamped < left) {
                for (Event event : batches[end]) {
                    event.setTimestamp(clock);
                    clock += step;
                }
                stamped += batches[end].length;
                end++;
            }
            long before = System.nanoTime();
            for (int b = first; b < end; b++) { input.send(batches[b]); }
            nanos += System.nanoTime() - before;
            left -= stamped;
            cursor = end == batches.length ? 0 : end;
        }
        return nanos;
    }

    /** The nanoseconds of single sends at p50, p99, p99.9 and at most, the timer's own taken off. */
    private String latency(int events) throws InterruptedException {
        long[] nanos = new long[events];
        for (int i = 0; i < events; i++) {
            long before = System.nanoTime();
            nanos[i] = System.nanoTime() - before;
        }
        Arrays.sort(nanos);
        long timer = nanos[events / 2];
        for (int i = 0; i < events; i++) {
            long before = System.nanoTime();
            input.send(clock, singles[cursor]);
            nanos[i] = System.nanoTime() - before - timer;
            clock += step;
            cursor = cursor + 1 == singles.length ? 0 : cursor + 1;
        }
        Arrays.sort(nanos);
        StringBuilder answer = new StringBuilder();
        for (double quantile : new double[]{0.5, 0.99, 0.999, 1}) {
            answer.append(Math.max(0, nanos[(int) Math.ceil(quantile * events) - 1])).append(' ');
        }
        return answer.toString().trim();
    }

    /** The work of the callback: adds up one column. */
    private static final class Sum extends StreamCallback {
        private final int column;
        private long rows;
        private long whole;
        private double real;

        Sum(int column) { this.column = column; }

        @Override
        public void receive(Event[] events) {
            rows += events.length;
            for (Event event : events) {
                Object value = event.getData(column);
                if (value instanceof Double) {
                    real += (Double) value;
                } else if (value instanceof Long) {
                    whole += (Long) value;
                }
            }
        }

        void reset() {
            rows = 0;
            whole = 0;
            real = 0;
        }

        double total() { return whole + real; }
    }
}
