import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/** Prints what veraPDF says of each file, by the profile that is named first. */
public class ArchivePdf {
    public static void main(String[] given) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        var profile = PDFAFlavour.fromString(given[0]);
        for (int at = 1; at < given.length; at++) {
            try (var parser = Foundries.defaultInstance().createParser(new FileInputStream(given[at]), profile);
                    var validator = Foundries.defaultInstance().createValidator(profile, false)) {
                var result = validator.validate(parser);
                var said = result.isCompliant() ? "holds" : "FAILS";
                System.out.printf("%s\t%s\t%d%n", given[at], said, result.getTotalAssertions());
                for (TestAssertion each : result.getTestAssertions()) {
                    if (each.getStatus() == TestAssertion.Status.FAILED) {
                        var rule = each.getRuleId();
                        System.out.printf("\t%s-%d\t%s%n", rule.getClause(), rule.getTestNumber(), each.getMessage());
                    }
                }
            }
        }
    }
}
