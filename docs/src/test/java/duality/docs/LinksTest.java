package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Links between files lead somewhere, to headings too, and pictures are there and say what they show. */
class LinksTest {
    @TestFactory
    Stream<DynamicTest> linksLeadSomewhere() throws IOException {
        return Page.all().stream()
                .map(page -> DynamicTest.dynamicTest(page.path(), () -> {
                    for (Page.Link link : page.links()) {
                        if (!link.file().matches("[a-z]+:.*")) {
                            check(page, link);
                        }
                    }
                }));
    }

    private static void check(Page page, Page.Link link) throws IOException {
        Path from = Page.ROOT.resolve(page.path());
        Path target =
                link.file().isEmpty() ? from : from.resolveSibling(link.file()).normalize();
        assertThat(target).as("%s: [%s]", page, link.text()).exists();
        if (link.picture()) {
            assertThat(link.text()).as("what %s shows", link.file()).isNotBlank();
        }
        if (!link.anchor().isEmpty()) {
            Page there = new Page(link.file(), Files.readString(target));
            assertThat(there.anchors()).as("%s: [%s]", page, link.text()).contains(link.anchor());
        }
    }
}
