package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Everything public has a comment. Components of records have theirs in the comment of the record, where javadoc checks
 * the names.
 */
class ApiTest {
    private static final List<String> MODULES =
            List.of("semiseparable", "sma", "ssd", "gpu-backend", "proofs-as-tests", "cli");

    @Test
    void everythingPublicHasAComment() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(Page.ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        Undocumented undocumented = undocumented(sources);
        assertThat(undocumented.seen).isGreaterThan(1000);
        assertThat(undocumented.found).isEmpty();
    }

    /** The test can fail. */
    @Test
    void aMissingCommentIsFound() throws IOException {
        Path file = Files.createTempFile("Missing", ".java");
        try {
            Files.writeString(file, """
                    /** Has one. */
                    public interface Missing {
                        int size();
                        /** Has one. */
                        int length();
                        enum Kind { /** Has one. */ FIRST, SECOND }
                        private void own() {}
                    }
                    """);
            assertThat(undocumented(List.of(file)).found)
                    .extracting(found -> found.substring(found.lastIndexOf(' ') + 1))
                    .containsExactly("size", "Kind", "SECOND");
        } finally {
            Files.delete(file);
        }
    }

    private static Undocumented undocumented(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, _ -> {}, null, null, files.getJavaFileObjectsFromPaths(sources));
            Undocumented undocumented = new Undocumented(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                undocumented.scan(unit, null);
            }
            return undocumented;
        }
    }

    /** Looks at what others can see, and no deeper. */
    private static final class Undocumented extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final List<String> found = new ArrayList<>();
        private int seen;

        Undocumented(DocTrees trees) {
            this.trees = trees;
        }

        @Override
        public Void visitClass(ClassTree type, Void none) {
            if (visible(type.getModifiers())) {
                require(type.getSimpleName());
                type.getMembers().forEach(member -> scan(member, null));
            }
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void none) {
            boolean inherits = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            boolean made =
                    trees.getSourcePositions().getEndPosition(getCurrentPath().getCompilationUnit(), method) < 0;
            if (visible(method.getModifiers()) && !inherits && !made) {
                require(method.getName());
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, Void none) {
            boolean component = parent().getKind() == Tree.Kind.RECORD
                    && !field.getModifiers().getFlags().contains(Modifier.STATIC);
            if (visible(field.getModifiers()) && !component) {
                require(field.getName());
            }
            return null;
        }

        private Tree parent() {
            return getCurrentPath().getParentPath().getLeaf();
        }

        /** Public or protected; members of interfaces are public unless they say otherwise. */
        private boolean visible(ModifiersTree modifiers) {
            boolean inInterface = parent().getKind() == Tree.Kind.INTERFACE;
            return modifiers.getFlags().contains(Modifier.PUBLIC)
                    || modifiers.getFlags().contains(Modifier.PROTECTED)
                    || (inInterface && !modifiers.getFlags().contains(Modifier.PRIVATE));
        }

        private void require(CharSequence name) {
            seen++;
            if (trees.getDocComment(getCurrentPath()) == null) {
                CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
                long line = unit.getLineMap()
                        .getLineNumber(trees.getSourcePositions()
                                .getStartPosition(unit, getCurrentPath().getLeaf()));
                found.add(unit.getSourceFile().getName() + ":" + line + ": " + name);
            }
        }
    }
}
