"""A lesson stepped through in the terminal, one cell at a time.

The variables are always those of the lesson run from its first cell to the last one that was
run, in order, each once: going back shows a cell as it was, and running one again, changed or
not, first runs all before it anew.
"""

from rich.text import Text

from minidl.classroom import editing, variables, view
from minidl.classroom.progress import Place
from minidl.classroom.running import Result

KEYS = "b back, r run again, e edit, p NAME print, q quit"


class Stepper:
    """Shows the cells of a run and does what the keys say.

    Parameters
    ----------
    run : Run
    console : rich.console.Console
    keep : callable
        Called with the `Place` in the lesson whenever that changes.
    read : callable
        Returns a line of input for a prompt, as `input` does.
    """

    def __init__(self, run, console, keep, read=input):
        self.run = run
        self.position = 0
        self._console = console
        self._keep = keep
        self._read = read
        self._finished = False

    def go(self, place):
        """Step through the lesson from a `Place` on, until its end or until it is left.

        Returns
        -------
        bool
            Whether the end was reached.
        """
        last = len(self.run.cells) - 1
        self._finished = place.finished
        self.position = min(place.cell, last)
        if self.position:
            self._say(f"Going on at cell {self.position + 1} of {last + 1}; b goes back.")
            self._run_earlier()
        self._show()
        commands = {"": self._next, "b": self._back, "r": self._again, "e": self._edit}
        while True:
            key, _, rest = self._ask().partition(" ")
            if key == "" and self.position == last:
                self._keep(Place(0, True))
                return True
            elif key == "q":
                return False
            elif key == "p":
                self._print(rest.strip())
            elif key in commands:
                commands[key]()
            else:
                self._say(f"{key!r} is not a key here.")

    def _ask(self):
        here, last = self.position + 1, len(self.run.cells)
        enter = "finish" if here == last else "next"
        try:
            return self._read(f"\n[{here}/{last}] Enter {enter}, {KEYS} > ").strip()
        except (EOFError, KeyboardInterrupt):
            self._console.print()
            return "q"

    def _next(self):
        self.position += 1
        self._show()

    def _back(self):
        if self.position == 0:
            self._say("This is the first cell.")
            return
        self.position -= 1
        self._show()

    def _again(self):
        if self._is_code():
            self.run.reset()
        self._show()

    def _edit(self):
        if not self._is_code():
            self._say("This cell is text; only code can be edited.")
            return
        before = self.run.source(self.position)
        try:
            after = self._edited(before)
        except ValueError as error:
            self._say(str(error))
            return
        if after == before:
            self._say("The cell is unchanged.")
            return
        self.run.edit(self.position, after)
        self._again()

    def _print(self, name):
        if not name:
            known = variables.names(self.run.namespace)
            self._say(f"p NAME prints one of: {', '.join(known) or 'none yet'}")
            return
        try:
            self._console.print(Text(variables.describe(self.run.namespace, name)), soft_wrap=True)
        except ValueError as error:
            self._say(str(error))
        ahead = [number for number in self.run.results if number > self.position]
        if ahead:
            self._say(f"(as it is after cell {max(ahead) + 1}, the last that was run)")

    def _show(self):
        """Show the cell, and run it if it is code that has not been run."""
        self._keep(Place(self.position, self._finished))
        cell = self.run.cells[self.position]
        self._console.print()
        if not self._is_code():
            self._console.print(view.markdown(cell.source))
            return
        run, number = self.run, self.position
        if number not in run.results:
            self._run_earlier()
        self._console.print(view.code(run.source(number), run.first_line(number)))
        if number not in run.results:
            self._execute(number)
        view.result(self._console, run.results[number], run.folder)

    def _run_earlier(self):
        """Run the code before this cell, as far as it has not been, and show only errors."""
        missing = [i for i in self.run.code(0, self.position) if i not in self.run.results]
        if missing:
            self._say("Running the code before this cell, for its variables.")
        for number in missing:
            result = self._execute(number)
            if result.error is not None:
                self._say(f"cell {number + 1}: {result.error.splitlines()[-1]}")
        if missing:
            self._console.print()

    def _execute(self, number):
        try:
            with self._console.status("running"):
                return self.run.execute(number)
        except KeyboardInterrupt:
            self.run.results[number] = Result(error="interrupted: the cell did not end")
            return self.run.results[number]

    def _is_code(self):
        return self.run.cells[self.position].kind == "code"

    def _say(self, text):
        self._console.print(Text(text, style="dim"), soft_wrap=True)

    def _edited(self, source):
        """Return code as the learner changes it; Ctrl-C and Ctrl-D leave it as it was."""
        if command := editing.editor():
            return editing.in_editor(command, source)
        first = self.run.first_line(self.position)
        try:
            return editing.in_lines(source, first, self._read, self._say)
        except (EOFError, KeyboardInterrupt):
            return source
