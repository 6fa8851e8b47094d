package duality.ssd;

import duality.algebra.EjmlBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.FloatingBlocks;
import duality.tensor.DType;
import java.util.Locale;

/** What numbers a computation rounds to. */
public enum Precision {
    /** Everything in float64. */
    FLOAT64(DType.FLOAT64, DType.FLOAT64),
    /** Everything in float32. */
    FLOAT32(DType.FLOAT32, DType.FLOAT32),
    /**
     * x, B, C, z and y in bfloat16, everything else and all arithmetic in float32, as deployed models do; but where a
     * machine multiplies matrices of bfloat16, an operand that was computed (weighted scores, scaled inputs, the state
     * that meets C) may be rounded to it once more.
     */
    BFLOAT16(DType.FLOAT32, DType.BFLOAT16);

    private final DType parameters;
    private final DType activations;

    Precision(DType parameters, DType activations) {
        this.parameters = parameters;
        this.activations = activations;
    }

    /** The block operations of the arithmetic. */
    public FloatingBlocks<?> blocks() {
        return this == FLOAT64 ? EjmlBlocks.INSTANCE : FloatBlocks.INSTANCE;
    }

    /** The type of states, parameters and the gradients of parameters. */
    public DType parameters() {
        return parameters;
    }

    /** The type of x, B, C, z, y and their gradients. */
    public DType activations() {
        return activations;
    }

    /** The type that an array of {@link SsdInputs}' table, y or a gradient of that name has. */
    public DType type(String name) {
        return switch (name) {
            case "x", "B", "C", "z", "y" -> activations;
            default -> parameters;
        };
    }

    /** The unit roundoff of the arithmetic. */
    public double unitRoundoff() {
        return blocks().unitRoundoff();
    }

    /** The relative error of storing an array of that name, beyond the arithmetic's own roundings. */
    double storageRoundoff(String name) {
        return type(name) == DType.BFLOAT16 ? 0x1p-8 : 0;
    }

    /**
     * How often what passes through a state, or through the gradient of one, may be rounded to the type of the
     * activations as the operand of a product: as a scaled input on its way in, and with the state on its way out.
     */
    int operandRoundings() {
        return activations == DType.BFLOAT16 ? 2 : 0;
    }

    /** The name in lower case, as on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
