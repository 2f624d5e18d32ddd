CREATE TABLE "happened" (
	"model" text NOT NULL,
	"version" text NOT NULL,
	"partition" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"predictions" bigint NOT NULL,
	"labelled" bigint NOT NULL,
	"correct" bigint NOT NULL,
	CONSTRAINT "happened_model_starts_at_version_partition_pk" PRIMARY KEY("model","starts_at","version","partition")
);
