"""What every window of the program begins with: the application with its dress and Qt's own words in Swedish, and a
place on the screen. Imports nothing of the till."""

import sys

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from kassaapp.ui import theme

SIZE = (1280, 720)
SMALL_WIDTH = 1366
"""A screen no wider than this is filled, px."""


def dressed() -> QApplication:
    """The application, speaking Swedish in Qt's own words too."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    if not application.property("dressed"):
        application.setProperty("dressed", True)  # noqa: FBT003 - Qt's own
        application.setApplicationName("Kassa")
        QLocale.setDefault(QLocale(QLocale.Language.Swedish, QLocale.Country.Sweden))
        translator = QTranslator(application)
        if translator.load("qtbase_sv", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            application.installTranslator(translator)
        theme.apply(application, theme.load())
    return application


def show_fitted(window: QWidget) -> None:
    """Show the window as large as it wants to be, or filling a screen that has no more room than that, in front."""
    room = window.screen().availableGeometry()
    window.resize(min(SIZE[0], room.width()), min(SIZE[1], room.height()))
    if room.width() <= SMALL_WIDTH or room.height() <= SIZE[1]:
        window.showMaximized()
    else:
        window.show()
    window.activateWindow()  # Who has started the till types next.
