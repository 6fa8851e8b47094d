package duality.cli;

import duality.algebra.EjmlBlocks;
import duality.figures.MatrixFigure;
import duality.models.LinearRecurrence;
import duality.models.RealSamples;
import duality.models.SequenceModel;
import duality.models.Zoo;
import duality.ssd.Cuts;
import duality.ssd.ScalarSsm;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;

/** The figures of the documentation, as SVG. The same call gives the same bytes. */
public final class Figures {
    private static final int LENGTH = 16;

    private Figures() {}

    /** A small state space model as its matrix, and the block decomposition of that matrix. */
    public static String blocks() {
        SplittableRandom random = new SplittableRandom(2405);
        double[] decay = random.doubles(LENGTH, 0.6, 1).toArray();
        double[] b = random.doubles(LENGTH * 2L, -1, 1).toArray();
        double[] c = random.doubles(LENGTH * 2L, -1, 1).toArray();
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        ScalarSsm<DMatrixRMaj> ssm = ScalarSsm.of(
                k, k.of(LENGTH, 1, decay), k.of(LENGTH, 2, b), k.of(LENGTH, 2, c), k.zeros(LENGTH, 1), k.zeros(2, 1));
        return new MatrixFigure("A state space model is a semiseparable matrix, and its blocks factor")
                .heatMap("The model as a matrix:  M = 1SS(a) ∘ (C Bᵀ)", ssm.matrix(k))
                .blocks("Cut: dense diagonal, low rank below", 0, 4, 8, 12, 16)
                .svg();
    }

    /**
     * A sequence model on random parameters as its matrix, and in blocks if it has a recurrence.
     *
     * @param zoo the model
     * @param length T
     * @param chunk the chunk length of the blocks
     */
    public static String model(Zoo zoo, int length, int chunk) {
        SequenceModel<DMatrixRMaj> model =
                zoo.example(new RealSamples(5), length).model();
        return model instanceof LinearRecurrence<DMatrixRMaj> recurrence
                ? recurrence.figure(EjmlBlocks.INSTANCE, Cuts.every(chunk)).svg()
                : model.figure(EjmlBlocks.INSTANCE).svg();
    }

    /** Every kind of mask of structured masked attention. */
    public static String masks() {
        MatrixFigure figure = new MatrixFigure("Masks of structured masked attention").panels(176, 4);
        for (MaskExample mask : MaskExample.values()) {
            figure = mask.of(LENGTH).addTo(figure, mask.heading(), EjmlBlocks.INSTANCE);
        }
        return figure.svg();
    }
}
