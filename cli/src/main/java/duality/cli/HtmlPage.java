package duality.cli;

/** The frame of the pages that commands write: one file that needs nothing else. */
final class HtmlPage {
    private static final String FRAME = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>@TITLE@</title>
            <style>
            body { font: 16px/1.5 Georgia, serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            h1, h2, h3, table { font-family: Helvetica, Arial, sans-serif }
            h3 { margin-bottom: 0.2rem }
            table { border-collapse: collapse; font-size: 0.8rem; display: block; overflow-x: auto; margin: 1rem 0 }
            th, td { text-align: left; padding: 0.2rem 0.6rem; border-bottom: 1px solid #ddd; vertical-align: top }
            .number { text-align: right; font-variant-numeric: tabular-nums }
            .failed { color: #b00 }
            svg { max-width: 100%; height: auto }
            .formula { font-size: 1.1rem; overflow-x: auto; overflow-y: hidden; padding: 0.4rem 0 }
            details { font-size: 0.9rem }
            code { font-size: 0.9em; overflow-wrap: anywhere }
            </style>
            </head>
            <body>
            @BODY@</body>
            </html>
            """;

    private HtmlPage() {}

    /**
     * A whole page.
     *
     * @param body HTML that ends in a line break
     */
    static String of(String title, String body) {
        return FRAME.replace("@TITLE@", Table.escape(title)).replace("@BODY@", body);
    }
}
