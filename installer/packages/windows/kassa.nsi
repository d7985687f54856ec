; The till on Windows: for the whole machine, with or without somebody at the screen.
;
;   kassa-VERSION-setup.exe [/S] [/CLINIC=FILE] [/D=FOLDER]
;
; /S asks nothing and shows nothing. /CLINIC enrols the desk at once, into %ProgramData%\Kassa; the setup then ends with
; what `kassa enrol` ends with (docs/OPERATING.md). 0 is installed, 21 a till runs and nothing was touched.
; Compiled by installer/build.py, which defines VERSION, NUMBER (four numbers), FOLDER and OUT.

Unicode true
Target amd64-unicode
Name "Kassa"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Kassa"
InstallDirRegKey HKLM "Software\Kassa" "Folder"
RequestExecutionLevel admin
ManifestDPIAware true
ManifestSupportedOS all
SetCompressor /SOLID lzma
SetDateSave off
CRCCheck on
AutoCloseWindow true
ShowInstDetails show
ShowUninstDetails show
LoadLanguageFile "${NSISDIR}/Contrib/Language files/Swedish.nlf"
VIProductVersion "${NUMBER}"
VIAddVersionKey /LANG=${LANG_SWEDISH} "ProductName" "Kassa"
VIAddVersionKey /LANG=${LANG_SWEDISH} "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_SWEDISH} "FileVersion" "${NUMBER}"
VIAddVersionKey /LANG=${LANG_SWEDISH} "FileDescription" "Kassan vid vårdcentralens disk"
VIAddVersionKey /LANG=${LANG_SWEDISH} "LegalCopyright" ""

!include "FileFunc.nsh"
!include "LogicLib.nsh"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Kassa"
!define RUNS 21
!define GROUP "Kassa"

Page instfiles
UninstPage uninstConfirm
UninstPage instfiles

; Ends with 21 when the program may not be replaced: the shared desk says so, or Windows keeps the file open for an
; account whose desk we do not see.
!macro LeaveWhatRuns
  ${If} ${FileExists} "$INSTDIR\kassa.exe"
    ${If} ${FileExists} "$APPDATA\Kassa\clinic.toml"
      nsExec::ExecToLog '"$INSTDIR\kassa.exe" idle --data "$APPDATA\Kassa"'
      Pop $0
      ${If} $0 = 1
      ${OrIf} $0 = 3
        DetailPrint "Kassan används. Stäng den först."
        SetErrorLevel ${RUNS}
        Quit
      ${EndIf}
    ${EndIf}
    ClearErrors
    FileOpen $1 "$INSTDIR\kassa.exe" a
    ${If} ${Errors}
      DetailPrint "Kassan är igång under ett annat konto. Stäng den först."
      SetErrorLevel ${RUNS}
      Quit
    ${EndIf}
    FileClose $1
  ${EndIf}
!macroend

Section "Kassa"
  SetRegView 64
  SetShellVarContext all
  !insertmacro LeaveWhatRuns

  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  SetOutPath "$INSTDIR"
  File /r "${FOLDER}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  ; The place of a desk that several accounts share: its group may change what lies there, and nobody else reads it.
  ; What is there already keeps the rights it has.
  nsExec::ExecToLog 'net localgroup ${GROUP} /add /comment:"Kassan: konton som använder maskinens kassa"'
  Pop $0
  ${IfNot} ${FileExists} "$APPDATA\Kassa\*.*"
    CreateDirectory "$APPDATA\Kassa"
    nsExec::ExecToLog 'icacls "$APPDATA\Kassa" /inheritance:r /grant *S-1-5-18:(OI)(CI)F /grant *S-1-5-32-544:(OI)(CI)F /grant ${GROUP}:(OI)(CI)M'
    Pop $0
    ${If} $0 <> 0
      DetailPrint "Rättigheterna på $APPDATA\Kassa kunde inte sättas."
      SetErrorLevel 2
    ${EndIf}
  ${EndIf}

  CreateShortcut "$SMPROGRAMS\Kassa.lnk" "$INSTDIR\kassa.exe"
  WriteRegStr HKLM "Software\Kassa" "Folder" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "Kassa"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "Kassa"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "$INSTDIR\kassa.exe"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1

  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/CLINIC=" $1
  ${IfNot} ${Errors}
    nsExec::ExecToLog '"$INSTDIR\kassa.exe" enrol --clinic "$1" --data "$APPDATA\Kassa" --unattended'
    Pop $0
    SetErrorLevel $0
  ${EndIf}
SectionEnd

; %ProgramData%\Kassa, each account's %LocalAppData%\Kassa, the keys in their keyrings and the group stay: the law wants
; the journal for seven years, and a key cannot be made again.
Section "Uninstall"
  SetRegView 64
  SetShellVarContext all
  !insertmacro LeaveWhatRuns
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\kassa.exe"
  Delete "$INSTDIR\kassa-verify.exe"
  Delete "$INSTDIR\SHA256SUMS"
  Delete "$INSTDIR\sbom.json"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Kassa.lnk"
  DeleteRegKey HKLM "${UNINSTALL}"
  DeleteRegKey HKLM "Software\Kassa"
SectionEnd
