package duality.cli;

import java.io.Console;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on stderr where a person watches, nothing in a pipe. */
final class Progress implements AutoCloseable {
    private final @Nullable ProgressBar bar;
    private boolean started;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static Progress of(String task, int steps) {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        return new Progress(
                terminal.isEmpty()
                        ? null
                        : new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(steps)
                                .setStyle(ProgressBarStyle.ASCII)
                                .clearDisplayOnFinish()
                                .build());
    }

    /** Ends the step before, if any, and starts this one. */
    void next(String step) {
        if (bar != null) {
            bar.setExtraMessage(step);
            if (started) {
                bar.step();
            }
        }
        started = true;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
