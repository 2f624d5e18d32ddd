-- Written by hand: drizzle cannot say PARTITION BY. Declared for queries in schema/partitioned.ts.
-- `bucket` is the Monday of the week inside the prediction id, so an id alone finds its partition.
CREATE SEQUENCE "known_ids";
--> statement-breakpoint
CREATE TABLE "predictions" (
	"prediction_id" uuid NOT NULL,
	"bucket" date NOT NULL,
	"model" text,
	"version" text,
	"input" jsonb,
	"label" text,
	"scores" jsonb,
	"context" jsonb,
	"entity" text,
	"partition" text,
	"predicted_at" timestamp (3) with time zone,
	"arrived_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"feedback_first" boolean DEFAULT false NOT NULL,
	"erased_at" timestamp (3) with time zone,
	CONSTRAINT "predictions_pk" PRIMARY KEY("prediction_id","bucket"),
	CONSTRAINT "predictions_whole_or_waiting" CHECK (
		(model is null and version is null and label is null and predicted_at is null)
		or (model is not null and version is not null and label is not null and predicted_at is not null
			and partition in ('train', 'holdout', 'golden'))
	)
) PARTITION BY RANGE ("bucket");
--> statement-breakpoint
CREATE INDEX "predictions_waiting" ON "predictions" USING btree ("arrived_at") WHERE model is null;
--> statement-breakpoint
CREATE TABLE "feedback" (
	"feedback_id" text NOT NULL,
	"bucket" date NOT NULL,
	"prediction_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"raw" text,
	"value" jsonb,
	"labelled_at" timestamp (3) with time zone NOT NULL,
	"arrived_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"source" text NOT NULL,
	"kafka_partition" integer NOT NULL,
	"kafka_offset" bigint NOT NULL,
	CONSTRAINT "feedback_pk" PRIMARY KEY("feedback_id","bucket")
) PARTITION BY RANGE ("bucket");
--> statement-breakpoint
CREATE INDEX "feedback_by_prediction" ON "feedback" USING btree ("prediction_id");
--> statement-breakpoint
CREATE TABLE "examples" (
	"prediction_id" uuid NOT NULL,
	"bucket" date NOT NULL,
	"model" text NOT NULL,
	"version" text NOT NULL,
	"predicted" text NOT NULL,
	"label" text,
	"previous_label" text,
	"partition" text NOT NULL,
	"feedback_id" text NOT NULL,
	"predicted_at" timestamp (3) with time zone NOT NULL,
	"labelled_at" timestamp (3) with time zone NOT NULL,
	"arrived_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"kafka_offset" bigint NOT NULL,
	"known_xid" xid8 DEFAULT pg_current_xact_id() NOT NULL,
	"known_id" bigint DEFAULT nextval('known_ids') NOT NULL,
	CONSTRAINT "examples_pk" PRIMARY KEY("prediction_id","bucket"),
	CONSTRAINT "examples_partition" CHECK (partition in ('train', 'holdout', 'golden'))
) PARTITION BY RANGE ("bucket");
--> statement-breakpoint
CREATE INDEX "examples_known" ON "examples" USING btree ("model","known_xid","known_id");
--> statement-breakpoint
-- Counters are updated in place for ever: room in the page keeps that cheap.
ALTER TABLE "totals" SET (fillfactor = 50);
