CREATE TABLE "estimators" (
	"model" text NOT NULL,
	"version" text NOT NULL,
	"estimator" jsonb NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "estimators_model_version_pk" PRIMARY KEY("model","version")
);
--> statement-breakpoint
ALTER TABLE "estimators" ADD CONSTRAINT "estimators_model_models_name_fk" FOREIGN KEY ("model") REFERENCES "public"."models"("name") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "estimators" ADD CONSTRAINT "estimators_model_version_versions_model_version_fk" FOREIGN KEY ("model","version") REFERENCES "public"."versions"("model","version") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- Written by hand, as the partitioned tables are: see 0001.
ALTER TABLE "predictions" ADD COLUMN "expected" real;
