package duality.contraction;

import java.util.List;
import java.util.Optional;

/**
 * The product of some operands in a tree of pairwise steps, with what it costs to get there.
 *
 * @param members the operands, as bits
 * @param indices the indices that are left, as bits
 * @param method how the last step is carried out
 * @param flops the additions and multiplications in the tree
 * @param peak the most numbers held at once, besides the operands
 * @param held the numbers held once it is there: none for an operand as it is given
 * @param matrix the structured operand that this is, not written out
 * @param factors the left and the right factor, a multiplying matrix on the left; none for an operand
 * @param rightFirst whether the right factor is computed before the left one, which holds less at once
 */
record Node(
        long members,
        long indices,
        Method method,
        long flops,
        long peak,
        long held,
        Optional<MatrixOperand<?>> matrix,
        List<Node> factors,
        boolean rightFirst) {}
