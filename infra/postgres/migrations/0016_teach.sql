CREATE TABLE "teach_answers" (
	"id" text PRIMARY KEY NOT NULL,
	"position" bigint GENERATED ALWAYS AS IDENTITY (sequence name "teach_answers_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"model" text NOT NULL,
	"prediction_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"kind" text NOT NULL,
	"value" jsonb,
	"by" text NOT NULL,
	"via" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"arrived_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"undone_at" timestamp (3) with time zone,
	"message" jsonb,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "teach_rows" (
	"model" text NOT NULL,
	"prediction_id" uuid NOT NULL,
	"bucket" date NOT NULL,
	"partition" text NOT NULL,
	"reason" text NOT NULL,
	"because" text NOT NULL,
	"worth" double precision NOT NULL,
	"picked_by" text NOT NULL,
	"picked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"closed_because" text,
	CONSTRAINT "teach_rows_model_prediction_id_pk" PRIMARY KEY("model","prediction_id"),
	CONSTRAINT "teach_rows_partition" CHECK (("teach_rows"."reason" = 'random') = ("teach_rows"."partition" = 'holdout'))
);
--> statement-breakpoint
ALTER TABLE "teach_answers" ADD CONSTRAINT "teach_answers_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "teach_rows" ADD CONSTRAINT "teach_rows_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "teach_answers_by_row" ON "teach_answers" USING btree ("model","prediction_id");--> statement-breakpoint
CREATE INDEX "teach_answers_by_time" ON "teach_answers" USING btree ("model","at");--> statement-breakpoint
CREATE INDEX "teach_answers_unsent" ON "teach_answers" USING btree ("position") WHERE "teach_answers"."sent_at" is null and "teach_answers"."message" is not null;--> statement-breakpoint
CREATE INDEX "teach_rows_open" ON "teach_rows" USING btree ("model","closed_at");--> statement-breakpoint
-- Written by hand, as the partitioned tables are: see 0001.
ALTER TABLE "examples" ADD COLUMN "picked" boolean DEFAULT false NOT NULL;
