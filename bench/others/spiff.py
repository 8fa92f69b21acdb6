"""A flow with SpiffWorkflow, its state kept as JSON in PostgreSQL, by psycopg with prepared statements.

python -m bench.others.spiff DATABASE ANSWERS.json
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.others.turns import serve

PAPERS = {"title_letter", "plan", "ownership"}
TABLES = """
CREATE TABLE officer (id int PRIMARY KEY, name text NOT NULL, role text NOT NULL);
CREATE TABLE counter (name text PRIMARY KEY, last int NOT NULL);
CREATE TABLE application (
    id uuid PRIMARY KEY, number text NOT NULL UNIQUE, state text NOT NULL, applicant text NOT NULL,
    answers jsonb NOT NULL, papers jsonb NOT NULL, workflow text NOT NULL,
    submitted_at timestamptz NOT NULL, decided_at timestamptz);
CREATE TABLE history (
    id bigserial PRIMARY KEY, application_id uuid NOT NULL REFERENCES application, officer_id int REFERENCES officer,
    act text NOT NULL, source text NOT NULL, target text NOT NULL, note text NOT NULL, at timestamptz NOT NULL);
CREATE INDEX ON history (application_id);
CREATE TABLE decision (
    id bigserial PRIMARY KEY, application_id uuid NOT NULL UNIQUE REFERENCES application,
    officer_id int NOT NULL REFERENCES officer, outcome text NOT NULL, certificate_number text NOT NULL UNIQUE,
    at timestamptz NOT NULL);
INSERT INTO officer VALUES (1, 'examiner', 'examiner'), (2, 'inspector', 'inspector'), (3, 'control', 'control');
INSERT INTO counter VALUES ('application', 0), ('certificate', 0);
"""
Words = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Plan(BaseModel):
    """The form of a building plan."""

    model_config = ConfigDict(extra="forbid")

    request: Literal["permit", "completion"]
    plot_sq_yards: Annotated[int, Field(ge=1, le=1_000_000)]
    use: Literal["residential", "commercial", "other"]
    building: Literal["bungalow", "other"]
    floors: Annotated[int, Field(ge=0, le=200)]
    height_feet: Annotated[int, Field(ge=1, le=3000)]
    basement: bool
    alteration: bool
    district: Literal["pk-district:hyderabad", "pk-district:karachi-south"]
    taluka: Literal["pk-taluka:hyderabad-qasimabad", "pk-taluka:hyderabad-latifabad"]
    plot: Words
    address: Words
    address_sd: Words
    land_agency: Literal["kda", "mda", "kmc", "lda", "society", "other"]
    litigation: bool
    litigation_what: Words | None = None
    professional_name: Words
    professional_licence: Words
    applicant_name: Words
    applicant_name_sd: Words
    father_name: Words
    father_name_sd: Words
    cnic: Annotated[str, StringConstraints(pattern=r"^\d{5}-\d{7}-\d$")]
    mobile: Annotated[str, StringConstraints(pattern=r"^(\+92|0092|0)3\d{9}$")]
    declared: Literal[True]

    @model_validator(mode="after")
    def together(self) -> Self:
        """Check what several answers say together."""
        if self.building == "bungalow" and (self.use != "residential" or self.floors > 1):
            message = "It is another building."
            raise ValueError(message)
        if self.litigation and not self.litigation_what:
            message = "Say which case."
            raise ValueError(message)
        return self


class Office:
    """The application: its process, read once, and its kept connection."""

    def __init__(self, place: str) -> None:
        parser = BpmnParser()
        parser.add_bpmn_file(str(Path(__file__).with_name("building_plan.bpmn")))
        self.spec = parser.get_spec("building_plan")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.base = psycopg.connect(place, autocommit=True, prepare_threshold=0)
        self.base.execute(TABLES, prepare=False)

    def number(self, name: str) -> int:
        """Return the next number, without a gap."""
        row = self.base.execute("UPDATE counter SET last = last + 1 WHERE name = %s RETURNING last", [name]).fetchone()
        assert row is not None
        return int(row[0])

    def history(self, *values: Any) -> None:
        """Keep one step."""
        self.base.execute(
            "INSERT INTO history (application_id, officer_id, act, source, target, note, at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            values,
        )

    def submit(self, answers: dict[str, Any], papers: list[str]) -> UUID:
        """Hand in."""
        plan = Plan.model_validate(answers)
        if PAPERS - set(papers):
            raise ValueError(papers)
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        key, now = uuid4(), datetime.now(UTC)
        with self.base.transaction():
            number = f"HYD/{datetime.now(UTC).year}/{self.number('application'):06d}"
            self.base.execute(
                "INSERT INTO application (id, number, state, applicant, answers, papers, workflow, submitted_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    key,
                    number,
                    self.waiting(workflow).task_spec.name,
                    plan.applicant_name,
                    Jsonb(plan.model_dump()),
                    Jsonb(papers),
                    self.serializer.serialize_json(workflow),
                    now,
                ],
            )
            self.history(key, None, "submit", "", "screening", "", now)
        return key

    @staticmethod
    def waiting(workflow: Any) -> Any:
        """Return the task that waits for an officer, or ``None``."""
        return next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)), None)

    def step(self, key: UUID, officer_id: int, act: str, note: str) -> str:
        """Let an officer make one step; ``approve`` decides. Return where it stands."""
        now = datetime.now(UTC)
        with self.base.transaction():
            role = self.base.execute("SELECT role FROM officer WHERE id = %s", [officer_id]).fetchone()
            row = self.base.execute("SELECT workflow FROM application WHERE id = %s FOR UPDATE", [key]).fetchone()
            assert role is not None
            assert row is not None
            workflow = self.serializer.deserialize_json(row[0])
            task = self.waiting(workflow)
            if task.task_spec.bpmn_name != role[0]:
                raise PermissionError(act)
            source = task.task_spec.name
            task.data["act"] = act
            task.run()
            workflow.do_engine_steps()
            after = self.waiting(workflow)
            target = after.task_spec.name if after else "approved"
            decided = now if workflow.is_completed() else None
            self.base.execute(
                "UPDATE application SET state = %s, workflow = %s, decided_at = %s WHERE id = %s",
                [target, self.serializer.serialize_json(workflow), decided, key],
            )
            if decided:
                number = f"SD-BUILD/{datetime.now(UTC).year}/{self.number('certificate'):06d}"
                self.base.execute(
                    "INSERT INTO decision (application_id, officer_id, outcome, certificate_number, at) "
                    "VALUES (%s, %s, 'approved', %s, %s)",
                    [key, officer_id, number, now],
                )
            self.history(key, officer_id, act, source, target, note, now)
        return target


def main() -> None:
    """Make the tables and do flows as they are asked for."""
    office = Office(sys.argv[1])
    answers = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    steps = ((1, "forward"), (3, "inspect"), (2, "confirm"), (3, "approve"))

    def flow() -> None:
        key = office.submit(answers, sorted(PAPERS))
        for officer_id, act in steps:
            state = office.step(key, officer_id, act, "The papers were compared with the answers.")
        assert state == "approved"

    flow()
    serve(flow, office.base.info.backend_pid)


if __name__ == "__main__":
    main()
