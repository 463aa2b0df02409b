"""The project around a command: its parameters, resolved; its raw data; its committed numbers.

The only room that knows the workflow's folder, whose code says what ``params.yaml`` means. The
package is installed from a checkout, so that folder is always beside it.
"""

from gaebench.project.checkout import CHECKOUT, workflow
from gaebench.project.loaded import Loaded
from gaebench.project.project import Project

__all__ = ["CHECKOUT", "Loaded", "Project", "workflow"]
