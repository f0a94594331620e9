PRAGMA application_id = 1463962695;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            request_id TEXT NOT NULL,
            who TEXT NOT NULL,
            channel TEXT NOT NULL,
            question TEXT NOT NULL,
            wording TEXT NOT NULL,
            history TEXT NOT NULL,
            documents TEXT NOT NULL,
            index_version TEXT NOT NULL,
            answer TEXT NOT NULL,
            refused INTEGER NOT NULL,
            error TEXT NOT NULL,
            latency_ms REAL NOT NULL
        );
INSERT INTO "audit" VALUES(1,'2026-11-24T08:20:04.957Z','r1','user:张三','api','人口呢？','全县人口是多少','["全县面积？"]','["甲"]','g3','{"question":"人口呢？","resolved_question":"全县人口是多少？","refused":false,"answer":"45万人","confidence":0.9,"answers":[{"text":"45万人","document":"甲","citation":1}],"citations":[{"n":1,"document":"甲","title":"报告","section":[],"period":"","start":3,"end":9,"quote":"人口45万人","marks":[[5,9]]}],"related":[],"message":"","latency_ms":41.5}',0,'',41.5);
CREATE TABLE conversation (id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL);
INSERT INTO "conversation" VALUES('O0XSVnxtJMYBrWKZYiliLw','张三','2026-11-24T08:20:05.071Z');
CREATE TABLE done (
            wording TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            audit INTEGER NOT NULL,
            feedback INTEGER NOT NULL
        );
INSERT INTO "done" VALUES('全县人口是多少','2026-11-24T08:20:05.087Z','keeper',1,1);
CREATE TABLE feedback (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            audit INTEGER NOT NULL REFERENCES audit (number) ON DELETE CASCADE,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            helpful INTEGER NOT NULL,
            reason TEXT NOT NULL,
            comment TEXT NOT NULL,
            document TEXT NOT NULL,
            start INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            UNIQUE (audit, who)
        );
INSERT INTO "feedback" VALUES(1,1,'2026-11-24T08:20:05.055Z','user:张三',0,'错误','不对','甲',3,9);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "setting" VALUES('policy','{"texts": true, "days": 3650, "rows": 0, "conversation_days": 0, "archive": ""}');
CREATE TABLE turn (
            conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            n INTEGER NOT NULL,
            at TEXT NOT NULL,
            question TEXT NOT NULL,
            history TEXT NOT NULL,
            documents TEXT NOT NULL,
            answer TEXT NOT NULL,
            request_id TEXT NOT NULL,
            PRIMARY KEY (conversation, n)
        ) WITHOUT ROWID;
INSERT INTO "turn" VALUES('O0XSVnxtJMYBrWKZYiliLw',1,'2026-11-24T08:20:05.071Z','人口呢？','[]','[]','{"question":"人口呢？","resolved_question":"全县人口是多少？","refused":false,"answer":"45万人","confidence":0.9,"answers":[{"text":"45万人","document":"甲","citation":1}],"citations":[{"n":1,"document":"甲","title":"报告","section":[],"period":"","start":3,"end":9,"quote":"人口45万人","marks":[[5,9]]}],"related":[],"message":"","latency_ms":41.5}','r1');
CREATE INDEX audit_request ON audit (request_id);
CREATE INDEX audit_wording ON audit (wording, refused);
CREATE INDEX audit_refused ON audit (wording) WHERE refused;
CREATE INDEX audit_use ON audit (at, refused, error, latency_ms);
CREATE INDEX conversation_owner ON conversation (owner, at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',1);
INSERT INTO "sqlite_sequence" VALUES('feedback',1);
COMMIT;
