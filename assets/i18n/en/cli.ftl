cli-heading-usage = Usage
cli-error = error
cli-broken = This is a fault of the program. Please report it with the message above and the input files.
cli-exit-codes =
    Exit codes:
      0  done
      1  found what was asked about: --fail-on reached, inputs lacking, features repaired or left out
      2  command line not understood
      3  project or file cannot be opened
      4  result cannot be written or drawn
      5  fault of the program

    Without a command, "stadtschicht [PROJECT]" opens the window.
cli-about-stadtschicht = A city's digital twin in layers: shows where plans collide before anything is built
cli-about-open = Opens a project in the window
cli-about-check = Checks a project and prints its conflicts with rule, measured value and threshold
cli-about-inspect = Shows what a file holds and what is repaired or left out when it is read
cli-about-rules = Shows the rules
cli-about-rules-list = Lists all rules
cli-about-rules-explain = Explains a rule: what, why, law, thresholds, office
cli-about-modules = Shows the modules and what a project still lacks
cli-about-modules-list = Lists the modules and the layers that a city fills
cli-about-modules-check = Says which inputs a project still lacks
cli-about-demo = Generates Musterstadt: an invented town with all the data that the modules ask for
cli-about-snapshot = Draws a project as a picture, without a window, with its record beside it
cli-about-completions = Prints the completion script for a shell
cli-arg-help = Prints this help
cli-arg-version = Prints the version
cli-arg-lang = Language of the output (else by LANG)
cli-arg-project = Project folder or project.toml
cli-arg-project-optional = Project folder or project.toml; without it the window asks
cli-arg-window-size = Size of the window in pixels
cli-arg-shell = Name of the shell
cli-arg-rule-id = Id of the rule, such as N1
cli-arg-rules-project = With the modules and the federal state of this project
cli-arg-format-table-json = Form of the output
cli-arg-check-format = Form of the output
cli-arg-fail-on = Ends with 1 if a conflict is at least this severe (1 to 4)
cli-arg-out = Writes into this file instead of standard output
cli-arg-files = Files
cli-arg-demo-dir = New or empty folder
cli-arg-demo-size = Number of buildings
cli-arg-demo-seed = Seed: the same value gives the same town
cli-arg-demo-force = Writes even into a folder that is not empty
cli-arg-picture-out = Picture file (.png); its record is written beside it as .json
cli-arg-picture-size = Size of the picture in pixels
cli-arg-picture-view = Name of a view in project.toml
cli-column-rule = rule
cli-column-severity = severity
cli-column-title = title
cli-column-predicate = test
cli-column-source = legal source
cli-column-slot = layer
cli-column-geometry = geometry
cli-column-required = required attributes
cli-column-id = id
cli-column-subject = subject
cli-column-measured = measured
cli-column-threshold = threshold
cli-column-share = share
cli-column-subjects = checked
cli-column-conflicts = conflicts
cli-column-clear = clear
cli-column-unknown = unknown
cli-column-state = state
cli-column-objects = features
cli-column-date = data date
cli-column-why = why
cli-column-rules = rules
cli-geometry-point = points
cli-geometry-line = lines
cli-geometry-polygon = areas
cli-geometry-point-or-polygon = points or areas
cli-geometry-any = any
cli-geometry-raster = grid
cli-fact-severity = Severity
cli-fact-source = Legal source
cli-fact-force = Force
cli-fact-valid = Valid
cli-fact-evidence = Evidence
cli-fact-office = Office
cli-fact-module = Module
cli-fact-subject = Subject
cli-fact-object = Object
cli-fact-population = Inhabitants
cli-force-verbot = statutory prohibition
cli-force-zustimmung = needs the consent of an authority
cli-force-grenzwert = binding limit
cli-force-richtwert = guide value
cli-force-orientierungswert = orientation value, open to weighing
cli-force-planungsrichtwert = planning guide value
cli-force-empfehlung = recommendation
cli-evidence-p = read in the law itself
cli-evidence-s = read at second hand
cli-evidence-k = professional knowledge, text not seen
cli-evidence-i = inferred
cli-section-what = What is checked?
cli-section-why = Why?
cli-section-reference = What to do?
cli-section-parameters = How it is computed
cli-section-proxy = Proxy measure
cli-section-states = Deviations of the federal states (* = state of the project)
cli-proxy = The measure of the data is not that of the law.
cli-rules-list-hint = More about a rule: stadtschicht rules explain ID
cli-no-such-rule = There is no rule “{ $id }”. Known are: { $known }.
