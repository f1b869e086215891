cli-heading-usage = Aufruf
cli-error = Fehler
cli-broken = Das Programm hat hier einen Fehler. Bitte mit der Meldung darüber und den Eingabedateien melden.
cli-exit-codes =
    Rückgabewerte:
      0  erledigt
      1  gefunden, wonach gefragt war: --fail-on erreicht, Eingaben fehlen, Objekte repariert oder ausgelassen
      2  Aufruf nicht verstanden
      3  Projekt oder Datei lässt sich nicht öffnen
      4  Ergebnis lässt sich nicht schreiben oder zeichnen
      5  Fehler im Programm

    Ohne Befehl öffnet „stadtschicht [PROJEKT]“ das Fenster.
cli-about-stadtschicht = Der digitale Zwilling einer Stadt in Ebenen: zeigt, wo Planungen kollidieren, bevor gebaut wird
cli-about-open = Öffnet ein Projekt im Fenster
cli-about-check = Prüft ein Projekt und gibt die Konflikte mit Regel, Messwert und Schwelle aus
cli-about-inspect = Zeigt, was eine Datei enthält und was beim Einlesen repariert oder ausgelassen wird
cli-about-rules = Zeigt die Regeln
cli-about-rules-list = Listet alle Regeln
cli-about-rules-explain = Erklärt eine Regel: was, warum, Rechtsgrundlage, Schwellen, zuständige Stelle
cli-about-modules = Zeigt die Module und was einem Projekt dazu fehlt
cli-about-modules-list = Listet die Module und die Ebenen, die eine Stadt füllt
cli-about-modules-check = Sagt, welche Eingaben einem Projekt noch fehlen
cli-about-demo = Erzeugt Musterstadt: eine erfundene Stadt mit allen Daten, die die Module brauchen
cli-about-snapshot = Zeichnet ein Projekt als Bild, ohne Fenster, mit einem Nachweis daneben
cli-about-completions = Gibt das Ergänzungsskript für eine Shell aus
cli-arg-help = Zeigt diese Hilfe
cli-arg-version = Zeigt die Version
cli-arg-lang = Sprache der Ausgabe (sonst nach LANG)
cli-arg-project = Projektordner oder project.toml
cli-arg-project-optional = Projektordner oder project.toml; ohne Angabe fragt das Fenster
cli-arg-window-size = Größe des Fensters in Pixeln
cli-arg-shell = Name der Shell
cli-arg-rule-id = Kennung der Regel, etwa N1
cli-arg-rules-project = Mit den Modulen und dem Bundesland dieses Projekts
cli-arg-format-table-json = Ausgabeform
cli-arg-check-format = Ausgabeform
cli-arg-fail-on = Endet mit 1, wenn ein Konflikt mindestens diese Schwere hat (1 bis 4)
cli-arg-out = Schreibt in diese Datei statt auf die Standardausgabe
cli-arg-files = Dateien
cli-arg-demo-dir = Neuer oder leerer Ordner
cli-arg-demo-size = Zahl der Gebäude
cli-arg-demo-seed = Startwert: derselbe Wert gibt dieselbe Stadt
cli-arg-demo-force = Schreibt auch in einen Ordner, der nicht leer ist
cli-arg-picture-out = Bilddatei (.png); der Nachweis kommt als .json daneben
cli-arg-picture-size = Größe des Bildes in Pixeln
cli-arg-picture-view = Name einer Ansicht aus project.toml
cli-column-rule = Regel
cli-column-severity = Schwere
cli-column-title = Titel
cli-column-predicate = Prüfart
cli-column-source = Rechtsgrundlage
cli-column-slot = Ebene
cli-column-geometry = Geometrie
cli-column-required = Pflichtattribute
cli-column-id = Kennung
cli-column-subject = Gegenstand
cli-column-measured = gemessen
cli-column-threshold = Schwelle
cli-column-share = Anteil
cli-column-subjects = geprüft
cli-column-conflicts = Konflikte
cli-column-clear = frei
cli-column-unknown = unklar
cli-column-state = Stand
cli-column-objects = Objekte
cli-column-date = Datenstand
cli-column-why = Warum
cli-column-rules = Regeln
cli-geometry-point = Punkte
cli-geometry-line = Linien
cli-geometry-polygon = Flächen
cli-geometry-point-or-polygon = Punkte oder Flächen
cli-geometry-any = beliebig
cli-geometry-raster = Raster
cli-fact-severity = Schwere
cli-fact-source = Rechtsgrundlage
cli-fact-force = Verbindlichkeit
cli-fact-valid = Gültig
cli-fact-evidence = Beleg
cli-fact-office = Zuständig
cli-fact-module = Modul
cli-fact-subject = Gegenstand
cli-fact-object = Gegenüber
cli-fact-population = Einwohner
cli-force-verbot = gesetzliches Verbot
cli-force-zustimmung = Zustimmung einer Behörde nötig
cli-force-grenzwert = Grenzwert
cli-force-richtwert = Richtwert
cli-force-orientierungswert = Orientierungswert, der Abwägung zugänglich
cli-force-planungsrichtwert = Planungsrichtwert
cli-force-empfehlung = Empfehlung
cli-evidence-p = im Gesetz selbst nachgelesen
cli-evidence-s = in zweiter Hand nachgelesen
cli-evidence-k = Fachwissen, Text nicht eingesehen
cli-evidence-i = abgeleitet
cli-section-what = Was wird geprüft?
cli-section-why = Warum?
cli-section-reference = Was tun?
cli-section-parameters = Wie gerechnet wird
cli-section-proxy = Ersatzgröße
cli-section-states = Abweichungen der Länder (* = Land des Projekts)
cli-proxy = Die Messgröße der Daten ist nicht die des Gesetzes.
cli-rules-list-hint = Mehr zu einer Regel: stadtschicht rules explain KENNUNG
cli-no-such-rule = Es gibt keine Regel „{ $id }“. Bekannt sind: { $known }.
