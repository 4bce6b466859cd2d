/**
 * Was die Fehler der Verträge bedeuten und was dann zu tun ist. Das Englische steht in trainer/src/protocol/revertTexts.ts;
 * ein Fehler ohne deutschen Text baut nicht.
 */
import type { RevertErrorName } from "@cairn/trainer/protocol/revert";
import type { RevertText } from "@cairn/trainer/protocol/revertTexts";

const BUG = "Das sollte nicht vorkommen: Bitte melden Sie es mit dem Hash der Transaktion.";
const GROUP = "Nichts zu tun: Die Gruppe geht auch so weiter.";
const NEXT_ROUND = "Nichts zu tun: Warten Sie auf die nächste Runde.";
const SIGN_AGAIN = "Unterschreiben Sie noch einmal.";
const OWNER_SENDS = "Senden Sie den Aufruf vom Konto des Eigentümers.";
const NUMBER = "Prüfen Sie die Nummer.";

/** @returns one row. */
const row = (what: string, next: string): RevertText => ({ what, next });

export const reverts: Readonly<Record<RevertErrorName, RevertText>> = {
  AccessControlBadConfirmation: row(
    "Eine Rolle kann nur das Konto abgeben, das sie hat.",
    "Senden Sie von diesem Konto.",
  ),
  AccessControlUnauthorizedAccount: row(
    "Dem Konto fehlt die Rolle, die dieser Aufruf braucht.",
    "Bitten Sie den Verwalter der Verträge darum, oder senden Sie von einem Konto, das sie hat.",
  ),
  CairnTokenSupplyTooLarge: row("Es gibt mehr Token, als das Register zählen kann.", "Mit weniger Token aufsetzen."),
  CanonicalTreeOutOfRange: row(
    "Einen Knoten mit dieser Nummer hat der Baum nicht.",
    "Beweisen Sie einen, dessen Nummer unter der Anzahl liegt.",
  ),
  CanonicalTreeWrongLength: row(
    "Der Pfad hat für sein Blatt zu viele oder zu wenige Knoten.",
    "Bauen Sie ihn aus der Spur oder dem Datensatz neu.",
  ),
  CanonicalTreeWrongRoot: row(
    "Der Pfad führt zu einer anderen Wurzel als der festgelegten.",
    "Bauen Sie ihn aus der Spur oder dem Datensatz dieser Wurzel neu.",
  ),
  CheckpointUnorderedInsertion: row("Die Aufzeichnung der Stimmen ist durcheinandergeraten.", BUG),
  CohortsAlreadyAttested: row("Das Konto hat die Zusammenführung für diese Kohorte schon bestätigt.", GROUP),
  CohortsAlreadyEntered: row("Die Kohorte nimmt an dieser Epoche schon teil.", GROUP),
  CohortsDeadlinePassed: row(
    "Die Zeit für diesen Abschnitt ist um.",
    "Rücken Sie die Gruppe vor; dann geht es im nächsten Abschnitt weiter.",
  ),
  CohortsEmptyMerge: row(
    "Eine zusammengeführte Version kann nicht leer sein.",
    "Bestätigen Sie Digest und Länge der zusammengeführten Version.",
  ),
  CohortsGroupFull: row(
    "Die Gruppe hat so viele Kohorten, wie sie haben darf.",
    "Legen Sie eine weitere Gruppe an oder größere Kohorten.",
  ),
  CohortsLate: row(
    "Die Version der Kohorte ist nicht aus dem gemacht, womit die letzte Epoche endete.",
    "Übernehmen Sie die Zusammenführung; die nächste Runde der Kohorte beginnt damit.",
  ),
  CohortsModelTaken: row(
    "Das Modell hat schon einen Platz in einer Gruppe.",
    "Melden Sie ein anderes an, das vom Modell der Gruppe abstammt.",
  ),
  CohortsNotDue: row(
    "Der Abschnitt ist noch nicht vorbei.",
    "Warten Sie seine Frist ab oder, wo es keine gibt, die erste Kohorte.",
  ),
  CohortsNotEntered: row("Die Kohorte nimmt an dieser Epoche nicht teil.", "Bestätigen Sie für eine, die teilnimmt."),
  CohortsNotModelOwner: row("Das darf nur, wem das Modell der Gruppe gehört.", OWNER_SENDS),
  CohortsNotRetiring: row(
    "Die Kohorte nimmt noch teil, oder ihre Aufgabe läuft noch.",
    "Warten Sie, bis die Aufgabe vorbei und ihre letzte Version zusammengeführt ist.",
  ),
  CohortsNotSeated: row(
    "Das Konto hatte keinen Sitz in dem Komitee, das die Version der Kohorte gemacht hat.",
    "Bestätigen Sie für die Kohorte, deren Runde das Konto geprüft hat.",
  ),
  CohortsNotTaskOwner: row(
    "Eine Aufgabe macht nur ihr Eigentümer zur Kohorte.",
    "Senden Sie den Aufruf von dem Konto, dem Modell und Aufgabe gehören.",
  ),
  CohortsNothingToAdopt: row("Die Kohorte hat alles, womit die Epochen bisher endeten.", GROUP),
  CohortsNothingToEnter: row(
    "Die Kohorte hat keine Version, die auf eine Zusammenführung wartet.",
    "Bringen Sie erst eine Runde ihrer Aufgabe zu Ende.",
  ),
  CohortsOutOfRange: row(
    "Eine Zeit der Gruppe liegt außerhalb dessen, was hier erlaubt ist.",
    "Der Fehler nennt sie, ihren Wert und die Grenzen.",
  ),
  CohortsUnknownCohort: row("Eine Kohorte mit dieser Nummer hat die Gruppe nicht.", NUMBER),
  CohortsUnknownGroup: row("Eine Gruppe mit dieser Nummer gibt es nicht.", NUMBER),
  CohortsWrongBranch: row(
    "Das Modell der Aufgabe ist kein Zweig vom jetzigen Modell der Gruppe.",
    "Melden Sie eines an, das von ihm abstammt und dessen jüngste Gewichte hat.",
  ),
  CohortsWrongGate: row(
    "Das Modell hat nicht das Tor, das sein Platz in der Gruppe braucht.",
    "Geben Sie ihm eines mit `gateModel`: Der Vertrag der Gruppen führt zusammen; Runden einer Kohorte veröffentlichen, am Modell der Gruppe niemand.",
  ),
  CohortsWrongStage: row(
    "Die Gruppe ist in einem anderen Abschnitt, als der Aufruf braucht.",
    "Sehen Sie mit `cairn task show` nach; sie kann weiter sein.",
  ),
  CommitteeSeedHeaderMismatch: row(
    "Der Blockkopf ist nicht der des Blocks, der die Auslosung bestimmt.",
    "Lesen Sie den Block `seedTargetBlock` von einem RPC dieser Chain und kodieren Sie seinen Kopf neu.",
  ),
  CommitteeSeedNotReady: row(
    "Der Block, der die Auslosung bestimmt, kommt erst noch.",
    "Noch einmal, wenn er vorbei ist.",
  ),
  CommitteeSeedOutOfReach: row(
    "Die Chain kennt den Block nicht mehr, der die Auslosung bestimmen sollte.",
    "Setzen Sie das Ziel neu und losen Sie aus, wenn der neue Block vorbei ist.",
  ),
  CommitteeSeedStillProvable: row(
    "Der Block, der die Auslosung bestimmt, lässt sich noch beweisen; er bleibt.",
    "Losen Sie das Komitee mit dem Kopf dieses Blocks aus.",
  ),
  DataRegistryBadName: row("Der Name des Datensatzes ist leer oder zu lang.", "Wählen Sie einen mit 1 bis 64 Bytes."),
  DataRegistryEmptyDataset: row(
    "Der Datensatz hat keine Einträge oder sein Manifest keine Bytes.",
    "Prüfen Sie ihn mit `cairn data` und melden Sie ihn neu an.",
  ),
  DataRegistryGrantInPast: row("Der Zugang würde enden, bevor er beginnt.", "Wählen Sie ein Ende in der Zukunft."),
  DataRegistryNoAccess: row(
    "Das Konto darf diesen Datensatz nicht benutzen.",
    "Bitten Sie den Eigentümer um Zugang, oder wählen Sie einen öffentlichen.",
  ),
  DataRegistryNotOwner: row("Der Datensatz gehört diesem Konto nicht.", OWNER_SENDS),
  DataRegistryUnknownDataset: row("Einen Datensatz mit dieser Nummer gibt es nicht.", NUMBER),
  DisputeGameBondNotReceived: row(
    "Der Token hat weniger geliefert als das Pfand.",
    "Hier ist nichts zu tun: Der Token muss CairnToken sein.",
  ),
  DisputeGameNoSuchElement: row(
    "Das Element liegt in einem anderen Blatt als dem gezeigten.",
    "Wählen Sie eines der 32 des Blatts, das der Fehler nennt.",
  ),
  DisputeGameNoSuchPart: row(
    "Einen Teil mit dieser Nummer hat das Intervall nicht.",
    "Wählen Sie einen unter der genannten Anzahl.",
  ),
  DisputeGameNotHalted: row(
    "Die Maschine steht in dem gezeigten letzten Zustand nicht still.",
    "Rechnen Sie das Element nach und zeigen Sie den Zustand, in dem sie hält.",
  ),
  DisputeGameNotLate: row("Wer am Zug ist, hat noch Zeit.", "Noch einmal nach der genannten Frist."),
  DisputeGameNotMoot: row(
    "Kein Spiel hat das Update gestrichen, und keines ist anstelle des Trainers gewonnen: Dieses geht weiter.",
    "Spielen Sie weiter, oder warten Sie das Ende der Frist ab.",
  ),
  DisputeGameNotOpen: row(
    "Das Spiel wurde nie eröffnet oder ist vorbei.",
    "Sehen Sie in sein letztes Ereignis: `GameEnded` sagt, wie es ausging.",
  ),
  DisputeGameNotPlanted: row(
    "Die Wurzel der Spur ist nicht die eines gepflanzten Fehlers.",
    "Zeigen Sie das Salz, mit dem er gepflanzt wurde, oder beantworten Sie die Anfechtung.",
  ),
  DisputeGameNotTaskOwner: row("Die Bedingungen legt nur der Eigentümer der Aufgabe fest.", OWNER_SENDS),
  DisputeGameNotVacant: row(
    "Kein Verteidiger ist in Verzug, dessen Platz zu nehmen wäre: Der Anfechtende ist am Zug, oder das Spiel wird schon an anderer Stelle gespielt.",
    "Nichts zu tun: Warten Sie auf den Anfechtenden oder das Ende des Spiels.",
  ),
  DisputeGameNotYourTurn: row(
    "Ein anderer Spieler ist am Zug.",
    "Warten Sie seinen Zug ab, oder lassen Sie ihn dieses Konto als Vertretung nennen.",
  ),
  DisputeGameNothingToWithdraw: row(
    "Das Konto hat keine Pfänder abzuholen.",
    "Nichts zu tun: Pfänder sind frei, wenn ihr Spiel vorbei ist.",
  ),
  DisputeGameOutlastsUnbonding: row(
    "Ein Spiel und eines an seiner Stelle könnten länger dauern, als abgezogener Einsatz wartet.",
    "Mit kürzeren Uhren oder längerer Wartezeit aufsetzen.",
  ),
  DisputeGameRightSampleCount: row(
    "Das Update nennt so viele Datensätze, wie seine Teilmenge hat.",
    "Nichts zu tun: Es gibt nichts zu beweisen.",
  ),
  DisputeGameStruck: row(
    "Das Update wurde durch ein früheres Spiel gestrichen.",
    "Nichts zu tun: Es wird weder bezahlt noch verwendet.",
  ),
  DisputeGameTermsFixed: row(
    "Die Bedingungen stehen schon fest, oder die erste Runde ist eröffnet.",
    "Legen Sie für andere Bedingungen eine neue Aufgabe an.",
  ),
  DisputeGameTakenUp: row(
    "Jemand spielt anstelle des säumigen Trainers.",
    "Spielen Sie diese Spiele: Jedes gewonnene bringt ein halbes Pfand. Ist keines mehr offen, lässt sich dieses beenden.",
  ),
  DisputeGameTooLate: row("Die Zeit für diesen Zug ist um.", "Nichts zu tun: Die andere Seite kann das Spiel beenden."),
  DisputeGameWrongClaim: row(
    "Um diese Behauptung geht es in dem Spiel nicht.",
    "Nehmen Sie sie aus dem Ereignis `GameOpened` des Spiels.",
  ),
  DisputeGameWrongNode: row(
    "Was vom Platz gezeigt wurde, ergibt nicht den Knoten, bei dem das Spiel ist.",
    "Zeigen Sie die Knoten darunter oder die Wörter des Blatts, wie sie nach dem Schreiben sind.",
  ),
  DisputeGameWrongElement: row(
    "Im Platz steht ein anderes Wort, als die Maschine liefert, oder hinter seinem Ende nicht 0.",
    "Rechnen Sie nach: So ist die Behauptung nicht zu verteidigen.",
  ),
  DisputeGameWrongPointCount: row(
    "Das Intervall wird durch eine andere Zahl von Punkten geteilt.",
    "Teilen Sie es in so viele Teile, wie `partsOf` zu seiner Länge sagt.",
  ),
  DisputeGameWrongPoints: row(
    "Das sind nicht die Punkte des Verteidigers.",
    "Nehmen Sie sie aus dem letzten Ereignis `GameMoved` des Spiels.",
  ),
  DisputeGameWrongPosition: row(
    "Das Spiel steht nicht mehr so.",
    "Nehmen Sie die Stellung aus dem letzten Ereignis `GameMoved`, dann ziehen Sie noch einmal.",
  ),
  DisputeGameWrongRunEnd: row(
    "Die Spur hat keine Blätter, also endet kein Lauf mit ihr.",
    "Zeigen Sie die Spur, mit der das Update geöffnet wurde.",
  ),
  DisputeGameWrongStage: row(
    "Das Spiel wartet auf einen anderen Zug.",
    "Machen Sie den Zug, den das letzte Ereignis `GameMoved` nennt.",
  ),
  DisputeGameWrongState: row(
    "Der Zustand der Maschine ist nicht der, in dem beide Seiten einig sind.",
    "Rechnen Sie bis zum Anfang des Intervalls nach und zeigen Sie diesen Zustand.",
  ),
  DisputeGameWrongTerms: row(
    "Das sind nicht die Bedingungen der Aufgabe, oder sie hat keine.",
    "Berechnen Sie sie aus dem Plan; ohne Bedingungen gibt es keine Anfechtung.",
  ),
  DisputeReadsBadStream: row(
    "Was als Name eines Stroms gezeigt wurde, ist so lang wie ein Knoten seines Baums.",
    "Zeigen Sie den Namen und seinen Pfad so, wie sie in den Bedingungen der Aufgabe stehen.",
  ),
  DisputeReadsWrongLength: row(
    "Was der Befehl liest, wurde mit zu vielen oder zu wenigen Bytes gezeigt.",
    "Zeigen Sie, was er braucht; eine Tabelle steht in der Beschreibung der Anfechtungen.",
  ),
  ECDSAInvalidSignature: row("Die Unterschrift ist keine.", SIGN_AGAIN),
  ECDSAInvalidSignatureLength: row("Die Unterschrift hat die falsche Länge.", SIGN_AGAIN),
  ECDSAInvalidSignatureS: row("Die Unterschrift hat nicht die vorgeschriebene Form.", SIGN_AGAIN),
  ERC20ExceededSafeSupply: row("Es gibt mehr Token, als Stimmen gezählt werden können.", BUG),
  ERC20InsufficientAllowance: row(
    "Der Vertrag darf dem Konto nicht so viel CAIRN nehmen.",
    "Erlauben Sie den Betrag oder unterschreiben Sie ein Permit dafür, dann noch einmal.",
  ),
  ERC20InsufficientBalance: row(
    "Das Konto hat weniger CAIRN, als das braucht.",
    "Bringen Sie CAIRN auf das Konto oder wählen Sie einen kleineren Betrag.",
  ),
  ERC20InvalidApprover: row("Die Nulladresse kann nichts erlauben.", BUG),
  ERC20InvalidReceiver: row("CAIRN kann nicht an die Nulladresse gehen.", "Prüfen Sie die Adresse des Empfängers."),
  ERC20InvalidSender: row("CAIRN kann nicht von der Nulladresse kommen.", BUG),
  ERC20InvalidSpender: row("Der Nulladresse kann nichts erlaubt werden.", "Prüfen Sie die Adresse."),
  ERC2612ExpiredSignature: row("Das Permit ist abgelaufen.", "Unterschreiben Sie ein neues."),
  ERC2612InvalidSigner: row(
    "Das Permit hat nicht der Eigentümer der Token unterschrieben, oder es wurde schon benutzt.",
    "Unterschreiben Sie ein neues mit dem Konto des Eigentümers.",
  ),
  ERC5805FutureLookup: row(
    "Nach Stimmen zu einer künftigen Zeit gefragt.",
    "Fragen Sie nach einem Block, der vorbei ist.",
  ),
  ERC6372InconsistentClock: row("Die Uhr des Tokens widerspricht sich.", BUG),
  FLContractAlreadyAttested: row(
    "Das Konto hat in dieser Runde schon ein Ergebnis bestätigt.",
    "Nichts zu tun: Eine Bestätigung zählt einmal und bleibt.",
  ),
  FLContractAlreadyCommitted: row(
    "Das Konto hat sich in dieser Runde schon festgelegt.",
    "Nichts zu tun: Die erste Festlegung gilt. Öffnen Sie sie in der nächsten Phase.",
  ),
  FLContractAlreadyEnrolled: row(
    "Der Trainer ist schon in dieser Aufgabe.",
    "Nichts zu tun: Legen Sie sich fest, wenn eine Runde beginnt.",
  ),
  FLContractAlreadyProposed: row(
    "Jemand hat dieses Ergebnis schon vorgeschlagen.",
    "Nichts zu tun: Das Komitee bestätigt das vorliegende.",
  ),
  FLContractRefutedAggregate: row(
    "Eine Anfechtung hat dieses Ergebnis in dieser Runde widerlegt.",
    "Berechnen Sie es aus den angenommenen Updates neu; das widerlegte wird nicht mehr angenommen.",
  ),
  FLContractNotTheAccepted: row(
    "Das sind nicht alle angenommenen Updates der Runde, aufsteigend nach den Adressen der Trainer.",
    "Nehmen Sie jedes angenommene Update genau so, wie es geöffnet wurde.",
  ),
  AggregateGameRefuted: row(
    "Eine andere Anfechtung hat dieses Ergebnis schon widerlegt.",
    "Nichts zu tun: Die Runde ist bei einem anderen Komitee oder vorbei.",
  ),
  AggregateGameNotExtreme: row(
    "Die gezeigte Zahl ist eine gewöhnliche.",
    "Zeigen Sie eine, die keine Zahl ist oder mindestens 2^49 groß; gibt es keine, antworten Sie auf die Anfechtung.",
  ),
  AggregateReadsWrongLength: row(
    "Der Beweis zeigt zu viele oder zu wenige Wörter.",
    "Zeigen Sie die 32 Wörter des Blattes, das der Befehl liest.",
  ),
  FLContractBadSignature: row(
    "Der Trainer hat diese Festlegung für diese Runde nicht unterschrieben.",
    "Zeigen Sie die Unterschrift, die mit der Festlegung kam; ohne sie steht das Relay für den Eintrag ein.",
  ),
  FLContractBatchNotDue: row(
    "Der Stapel kann noch nicht gemeldet oder abgerechnet werden.",
    "Warten Sie, bis die Phase `Reveal` der Runde um ist; vor dem Ende der Meldefrist darf nur das Relay abrechnen.",
  ),
  FLContractBatchSettled: row("Der Stapel ist schon abgerechnet.", "Nichts zu tun."),
  FLContractBatchSize: row(
    "Der Stapel hat keine Einträge oder mehr, als einer haben darf.",
    "Senden Sie 1 bis 256 Einträge und die übrigen in einem weiteren Stapel.",
  ),
  FLContractBatchTooLate: row(
    "Der Rest von `Commit` gehört den Trainern, die die Relays ausließen.",
    "Die Trainer sollen sich selbst festlegen.",
  ),
  FLContractBatchUnbonded: row(
    "Die Aufgabe verlangt nichts für eine nicht geöffnete Festlegung und nimmt darum keine Stapel an.",
    "Jeder Trainer soll sich selbst festlegen.",
  ),
  FLContractCommitmentMismatch: row(
    "Geöffnet wurde etwas anderes, als festgelegt war.",
    "Öffnen Sie genau, was laut dem Journal des Knotens festgelegt wurde, samt Salz. Eine verpasste Öffnung kostet Einsatz.",
  ),
  FLContractDisputed: row(
    "Anfechtungen der Runde laufen noch.",
    "Noch einmal, wenn sie vorbei sind; ihre Uhren begrenzen die Dauer.",
  ),
  FLContractEmptyAggregate: row("Das vorgeschlagene Ergebnis hat keine Bytes.", "Schlagen Sie seine wahre Länge vor."),
  FLContractEmptyCommitment: row(
    "Die Festlegung ist null.",
    "Legen Sie sich auf den Hash des Updates oder Urteils fest.",
  ),
  FLContractEntryClosed: row("Der Eintrag des Stapels ist schon geöffnet oder verantwortet.", "Nichts zu tun."),
  FLContractEscrowNotReceived: row(
    "Der Token hat weniger als die Hinterlegung geliefert: Er nimmt eine Gebühr oder lügt.",
    "Hier ist nichts zu tun: Der Token muss CairnToken sein.",
  ),
  FLContractEvicted: row(
    "Der Trainer wurde wegen Untätigkeit entfernt und muss einige Runden warten.",
    "Treten Sie einer anderen Aufgabe bei, oder dieser wieder, sobald die genannte Runde begonnen hat.",
  ),
  FLContractNoMissedReveal: row(
    "Der Trainer schuldet in dieser Runde keine Öffnung, oder sie ist schon gemeldet.",
    "Nichts zu melden.",
  ),
  FLContractNoPlant: row(
    "Der Trainer hat das in der letzten Runde nicht geöffnet, oder es ist kein eingebauter Fehler.",
    "Prüfen Sie Salz, Öffnung und Runde; nach Beginn der nächsten Runde ist es zu spät.",
  ),
  FLContractNoSamples: row(
    "Das Update will keine Daten gesehen haben.",
    "Öffnen Sie die Zahl, auf die Sie sich festgelegt haben.",
  ),
  FLContractNotAGame: row(
    "Nur ein Anfechtungsspiel darf eine Runde halten oder ein Update streichen.",
    "Eröffnen Sie ein Spiel bei DisputeGame.",
  ),
  FLContractNotATrainer: row(
    "Der Knoten hat sich nicht als Trainer angemeldet.",
    "Melden Sie ihn mit `cairn register --role trainer` an.",
  ),
  FLContractNotDisputable: row(
    "Das ist kein angenommenes Update einer nachrechenbaren Runde.",
    "Zeigen Sie genau, was geöffnet wurde; Abgelehntes braucht keine Anfechtung.",
  ),
  FLContractNotEnrolled: row(
    "Der Trainer ist nicht in der Aufgabe, oder erst nach Beginn dieser Runde beigetreten.",
    "Treten Sie bei; wer während einer Runde beitritt, macht ab der nächsten mit.",
  ),
  FLContractNotEvictable: row(
    "Der Trainer hat den Einsatz, den seine Aufgaben halten, und ist nicht untätig.",
    "Nichts zu tun: Entfernt wird nur, wem Einsatz fehlt oder wer drei Runden nichts tut.",
  ),
  FLContractNotInBatch: row(
    "Der Stapel hat an dieser Stelle keine solche Festlegung.",
    "Bilden Sie den Pfad neu aus den Einträgen von `BatchCommitted` und prüfen Sie die Nummer des Stapels.",
  ),
  FLContractNotModelOwner: row(
    "Das Modell, das die Aufgabe trainieren würde, gehört diesem Konto nicht.",
    "Eröffnen Sie die Aufgabe mit dem Konto des Eigentümers.",
  ),
  FLContractNotProposed: row(
    "Ein Ergebnis mit diesem Digest und dieser Länge hat niemand vorgeschlagen.",
    "Schlagen Sie es vor; der Vorschlag eines Komiteemitglieds ist seine Bestätigung.",
  ),
  FLContractNotPublisher: row(
    "Der Eigentümer des Modells hat den Vertrag nicht zum Veröffentlichen berechtigt.",
    "Lassen Sie es ihn mit `setPublisher` im Modellregister erlauben.",
  ),
  FLContractNotSeated: row("Das Konto hat keinen Sitz im Komitee dieser Runde.", NEXT_ROUND),
  FLContractNotSilent: row("Der Prüfer hat nicht geschwiegen, oder es ist schon gemeldet.", "Nichts zu melden."),
  FLContractNotTaskOwner: row("Die Aufgabe gehört diesem Konto nicht.", OWNER_SENDS),
  FLContractNotThisRound: row(
    "Der Stapel gehört zu einer anderen Runde als der laufenden.",
    "Verwerfen Sie ihn: Seine Festlegungen gelten nur in ihrer Runde.",
  ),
  FLContractNothingToClaim: row(
    "In dieser Aufgabe ist nichts abzuholen.",
    "Warten Sie, bis eine Runde endgültig ist, an der Sie teilnahmen.",
  ),
  FLContractNothingToCredit: row(
    "Alles Bezahlte steht schon im Ansehen des Knotens.",
    "Nichts zu tun, bis er mehr abgeholt hat.",
  ),
  FLContractNothingToReveal: row("Das Konto hat in dieser Runde keine Festlegung zu öffnen.", NEXT_ROUND),
  FLContractOpeningForgotten: row(
    "Der Trainer hat in der Runde etwas geöffnet und sich seither neu festgelegt; niemand weiß mehr, was es war.",
    "Früher melden: bevor die Runde um ist.",
  ),
  FLContractPlantNotMissed: row(
    "Der Prüfer hat den eingebauten Fehler nicht angenommen, oder es ist schon gemeldet.",
    "Nichts zu tun.",
  ),
  FLContractReportTooLate: row("Die Zeit, in der der Fehler zu melden war, ist um.", "Nächstes Mal früher melden."),
  FLContractReputationTooLow: row(
    "Das Ansehen des Trainers liegt unter dem, was die Aufgabe verlangt.",
    "Trainieren Sie zuerst in Aufgaben ohne diese Schwelle und lassen Sie Bezahltes anrechnen.",
  ),
  FLContractRoundActive: row("Eine Runde dieser Aufgabe läuft noch.", "Noch einmal, wenn sie vorbei ist."),
  FLContractRoundsUsedUp: row(
    "Alle bezahlten Runden der Aufgabe haben stattgefunden.",
    "Holen Sie ab, was Ihnen gehört; der Eigentümer kann sie schließen und eine neue eröffnen.",
  ),
  FLContractStakeTooLow: row(
    "Der wirksame Einsatz des Knotens liegt unter dem, was die Aufgabe verlangt.",
    "Setzen Sie mehr ein, dann noch einmal.",
  ),
  FLContractTaskClosed: row("Die Aufgabe ist geschlossen.", "Wählen Sie eine andere; Verdientes bleibt abholbar."),
  FLContractTaskFull: row(
    "Alle Plätze der Aufgabe sind besetzt.",
    "Warten Sie, bis ein Trainer geht, oder wählen Sie eine andere Aufgabe.",
  ),
  FLContractTooFewTrainers: row(
    "Weniger Trainer sind dabei, als eine Runde braucht.",
    "Warten Sie, bis mehr beigetreten sind.",
  ),
  FLContractUnknownBatch: row(
    "In dieser Runde gibt es keinen solchen Stapel.",
    "Prüfen Sie Runde und Nummer in `BatchCommitted`.",
  ),
  FLContractUnknownTask: row("Eine Aufgabe mit dieser Nummer gibt es nicht.", NUMBER),
  FLContractUpdatePending: row(
    "Der Trainer hat sich in der laufenden Runde festgelegt.",
    "Verlassen Sie die Aufgabe, wenn die Runde vorbei ist.",
  ),
  FLContractUpdateSize: row(
    "Das Update ist leer oder größer, als die Aufgabe erlaubt.",
    "Machen Sie es kleiner; die Grenze steht bei der Aufgabe.",
  ),
  FieldNotPresentInBlockHeader: row(
    "Dem Blockkopf fehlt der RANDAO-Wert.",
    "Kodieren Sie den Kopf des Blocks `seedTargetBlock` vollständig.",
  ),
  InvalidAccountNonce: row("Die Unterschrift trägt eine schon benutzte Nummer.", SIGN_AGAIN),
  InvalidShortString: row("Ein Name im Vertrag ist fehlerhaft.", BUG),
  MerklePathsWrongHeight: row("Der Pfad ist nicht so lang, wie der Baum hoch ist.", "Bauen Sie ihn aus dem Baum neu."),
  MerklePathsWrongRoot: row(
    "Der Pfad führt zu einer anderen Wurzel.",
    "Bauen Sie ihn aus dem Zustand neu, in dem beide Seiten einig sind.",
  ),
  ModelRegistryBadName: row("Der Name des Modells ist leer oder zu lang.", "Wählen Sie einen mit 1 bis 64 Bytes."),
  ModelRegistryEmptyWeights: row("Die Gewichte haben keine Bytes.", "Geben Sie ihre Länge in Bytes an."),
  ModelRegistryGated: row("Das Modell hat ein Tor, und das bleibt.", "Melden Sie ein anderes Modell an."),
  ModelRegistryNoMerger: row(
    "Ein Tor braucht jemanden, der zusammenführt.",
    "Nennen Sie den Vertrag, der zusammenführt.",
  ),
  ModelRegistryNotMerger: row(
    "Das darf nur, wer das Modell zusammenführt.",
    "Nichts zu tun: Der Vertrag der Gruppen öffnet das Tor, wenn eine Kohorte übernimmt.",
  ),
  ModelRegistryNotOwner: row("Das Modell gehört diesem Konto nicht.", OWNER_SENDS),
  ModelRegistryNotPendingOwner: row(
    "Das Modell wurde diesem Konto nicht angeboten.",
    "Lassen Sie es den Eigentümer zuerst anbieten.",
  ),
  ModelRegistryNotPublisher: row(
    "Das Konto darf keine Versionen dieses Modells veröffentlichen.",
    "Lassen Sie es den Eigentümer erlauben.",
  ),
  ModelRegistryUnknownModel: row("Ein Modell mit dieser Nummer gibt es nicht.", NUMBER),
  ModelRegistryUnknownVersion: row("Diese Version hat das Modell nicht.", "Prüfen Sie die Version."),
  NodeRegistryBadAddresses: row(
    "Peer-ID, Nachweis oder Adressen des Knotens sind leer oder zu groß.",
    "Melden Sie höchstens 16 Adressen zu 256 Bytes und eine Peer-ID an.",
  ),
  NodeRegistryBadCapabilities: row(
    "Der Knoten nennt keine Rolle oder eine, die das Register nicht kennt.",
    "Melden Sie `trainer`, `auditor` oder beides an.",
  ),
  NodeRegistryBadSignature: row(
    "Die Anmeldung hat nicht der Knoten unterschrieben, für den sie spricht.",
    "Unterschreiben Sie mit dessen Konto, für diese Chain und dieses Register.",
  ),
  NodeRegistryInsufficientStake: row(
    "Der Knoten hat weniger wirksamen Einsatz, als er abziehen will.",
    "Ziehen Sie höchstens ab, was als wirksam gezeigt wird.",
  ),
  NodeRegistryNoBounty: row("Diesem Konto steht keine Prämie zu.", "Nichts abzuholen."),
  NodeRegistryNotRegistered: row("Der Knoten ist nicht angemeldet.", "Melden Sie ihn an, dann noch einmal."),
  NodeRegistryNothingMatured: row(
    "Nichts vom Einsatz im Abzug hat lange genug gewartet.",
    "Noch einmal, wenn die Wartezeit um ist.",
  ),
  NodeRegistrySignatureExpired: row("Die Unterschrift der Anmeldung ist abgelaufen.", "Unterschreiben Sie eine neue."),
  NodeRegistrySnapshotUnreadable: row(
    "Die Einsätze haben sich seit dem Stichtag der Auslosung geändert.",
    "Setzen Sie das Ziel neu und losen Sie aus, wenn der neue Block vorbei ist.",
  ),
  NodeRegistryStakeLocked: row(
    "Aufgaben, in denen der Knoten trainiert, halten seinen Einsatz.",
    "Verlassen Sie eine Aufgabe oder setzen Sie mehr ein.",
  ),
  NodeRegistryStakeNotReceived: row(
    "Der Token hat nicht den ganzen Einsatz geliefert.",
    "Benutzen Sie Verträge, deren Token CairnToken ist.",
  ),
  NodeRegistryStaleSealingKey: row(
    "Die Version des Siegelschlüssels ist nicht mit ihm gewachsen.",
    "Melden Sie eine höhere Version an.",
  ),
  NodeRegistryWrongNonce: row(
    "Die Anmeldung trägt nicht die nächste Nummer des Knotens.",
    "Lesen Sie die Nummer aus dem Register und unterschreiben Sie neu.",
  ),
  NodeRegistryZeroAmount: row("Der Betrag ist null.", "Wählen Sie einen Betrag über null."),
  RLPInvalidEncoding: row("Der Blockkopf ist kein gültiges RLP.", "Kodieren Sie den Kopf von `seedTargetBlock` neu."),
  RoundMachineDeadlinePassed: row(
    "Die Phase ist vorbei.",
    "Rücken Sie die Runde weiter, dann tun Sie, was die neue Phase verlangt.",
  ),
  RoundMachineNotDue: row(
    "Die Phase ist noch nicht vorbei.",
    "Warten Sie auf ihre Frist; sie endet früher, wenn alle gehandelt haben.",
  ),
  RoundMachineOver: row("Keine Runde dieser Aufgabe läuft.", "Eröffnen Sie die nächste."),
  RoundMachineWrongPhase: row(
    "Die Runde ist in einer anderen Phase, als dieser Aufruf braucht.",
    "Sehen Sie die Runde an; sie kann weitergegangen sein.",
  ),
  RoundReportsAlreadyFiled: row(
    "Das Konto hat zu dieser Runde schon einen Bericht eingetragen.",
    "Nichts zu tun: ein Bericht lässt sich nicht zurücknehmen und nicht ersetzen.",
  ),
  RoundReportsEmpty: row("Ein Bericht kann nicht leer sein.", BUG),
  RoundReportsNoVerdict: row(
    "Das Konto hat in dem Komitee, das diese Runde entschieden hat, kein Urteil geöffnet.",
    "Überlassen Sie den Bericht den Prüfern der Runde.",
  ),
  RoundReportsNotFinal: row(
    "Die Runde läuft noch, ist gescheitert oder es gibt sie nicht; Berichte gibt es nur von abgeschlossenen.",
    "Sehen Sie die Aufgabe an.",
  ),
  SafeCastOverflowedUintDowncast: row(
    "Eine Zahl ist größer, als der Vertrag speichern kann.",
    "Wählen Sie eine kleinere.",
  ),
  SafeERC20FailedOperation: row("Der Token hat die Überweisung abgelehnt.", BUG),
  Sha256TailBadRootBlock: row(
    "Der Wurzelblock gehört nicht zu der Datei.",
    "Holen Sie ihn noch einmal über seine CID.",
  ),
  Sha256TailUnsupported: row(
    "Die Datei ist zu kurz oder zu lang, oder ihre letzten 32 Bytes liegen in zwei Blöcken.",
    "Nehmen Sie ein Modell, dessen Parameterdateien kleiner als 1 GiB sind.",
  ),
  Sha256TailWrongDigest: row(
    "Das Ende der Datei passt nicht zu ihrem Digest.",
    "Nehmen Sie Zustand und Bytes aus der Datei, die auf der Chain steht.",
  ),
  Sha256TailWrongLength: row(
    "Das Ende der Datei hat zu viele oder zu wenige Bytes.",
    "Zeigen Sie die Datei ab dem Block von 64 Bytes, in dem ihre letzten 32 beginnen.",
  ),
  StringTooLong: row("Ein Name im Vertrag ist zu lang.", BUG),
  SumTreePointOutOfRange: row("Der ausgeloste Punkt liegt hinter allen Einsätzen.", BUG),
  TaskRulesNoMode: row("Die Aufgabe hat keinen Modus.", "Wählen Sie `Replayable`, `Private` oder `Sealed`."),
  TaskRulesOutOfRange: row(
    "Ein Wert der Aufgabe liegt außerhalb dessen, was diese Verträge erlauben.",
    "Der Fehler nennt den Wert und die erlaubten Grenzen.",
  ),
  UnbondingQueueFull: row(
    "Sechzehn Abzüge warten schon.",
    "Lassen Sie sich auszahlen, was lange genug gewartet hat, oder warten Sie.",
  ),
  VotesExpiredSignature: row("Die Unterschrift der Vollmacht ist abgelaufen.", "Unterschreiben Sie eine neue."),
};
